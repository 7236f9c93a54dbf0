"""Who does the work: this process, more of them, or other machines; the same numbers from all."""
