"""The patient at a glance: what a reader of pictures takes in first, one timeline, and what changed since."""

from app.records.glance.glances import PatientGlances, PatientOverview
from app.records.glance.reading import ChartReader
from app.records.glance.timeline import Stretch, TimelinePage

__all__ = ["ChartReader", "PatientGlances", "PatientOverview", "Stretch", "TimelinePage"]
