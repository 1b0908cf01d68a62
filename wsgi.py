"""What a WSGI server loads: `wsgi:app`. It only connects; `hilum up` provisions and migrates."""

import os

from app.config import Config
from app.http.kit.logging import configure_logging, note_last_words
from app.http.kit.server import be_patient
from app.outgoing import trust_the_system
from app.wiring import Wiring, graph_of
from app.wiring.web import web_app

config = Config.from_env(os.environ)
configure_logging(config.log_level)
note_last_words()
trust_the_system()
be_patient(config.stall_seconds, config.minimum_rate)
wiring = Wiring(config, graph_of(config))
app = web_app(wiring)
wiring.asking.make_ready()
