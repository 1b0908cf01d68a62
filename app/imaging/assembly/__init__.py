"""Instances that come as metadata and bulk data apart, put together to files (PS3.18 10.5.1.4)."""

from app.imaging.assembly.assembly import Assemblies, Assembly

__all__ = ["Assemblies", "Assembly"]
