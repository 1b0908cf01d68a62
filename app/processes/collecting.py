"""How often a process looks for circles among its objects (Python's cyclic collector).

Reading a Bundle or a chart makes objects by the thousand, of which hardly any is in a circle. With Python's
defaults a tenth of a core is spent on looking at them, and at all modules, again and again.
"""

import gc

_YOUNG = 20_000  # objects that are made before the youngest are looked at; Python's default is 700
_TIMES = 20  # looks before the next older ones are looked at too


def collect_seldom() -> None:
    """Leave what is there out of every look to come, and look less often; what is forked does the same."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _TIMES, _TIMES)
