"""What a WSGI server loads: `wsgi:app`. It only connects; `hilum up` provisions and migrates."""

import os

from app.config import Config
from app.factory import create_app

app = create_app(Config.from_env(os.environ))
