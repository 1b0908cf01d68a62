"""The process roles of the gateway, in the order of their start; they stop in the other order.

The graph is there before all of them. A role that others call while they answer, as the committer, stands
above those: they wait for it while it starts, and it is stopped when they have finished.
"""

from app.processes.committer import COMMITTER
from app.processes.events import EVENTS
from app.processes.job_worker import WORKER
from app.processes.renderer import RENDERER
from app.processes.role import Role
from app.processes.web_server import WEB

ROLES: tuple[Role, ...] = (COMMITTER, RENDERER, EVENTS, WORKER, WEB)
