"""Numbers that know where they come from, and results that can say why.

`Sourced` is a value with its source and confidence mark. `Derivation` is a result with its inputs and
its formula; the formula that is shown is the formula that was calculated.
"""

from ransel.evidence.confidence import Confidence
from ransel.evidence.derivation import Derivation, derive, given
from ransel.evidence.formula import evaluate
from ransel.evidence.sourced import Sourced, assumed

__all__ = ["Confidence", "Derivation", "Sourced", "assumed", "derive", "evaluate", "given"]
