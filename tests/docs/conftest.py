import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:  # the programs behind the pages are in docs/, which is no part of the package
    sys.path.insert(0, str(ROOT))
