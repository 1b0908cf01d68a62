"""What a process loads with the driver."""

import subprocess
import sys


def test_the_driver_is_loaded_without_pandas_which_can_be_loaded_after_it() -> None:
    program = "import sys, graph.session; before = 'pandas' in sys.modules; import pandas; print(before)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout == "False\n"
