"""What a WSGI server loads: `wsgi:app`. It only connects; `hilum up` provisions and migrates."""

import os

from app.config import Config
from app.factory import create_app
from app.web.logging import configure_logging

config = Config.from_env(os.environ)
configure_logging(config.log_level)
app = create_app(config)
