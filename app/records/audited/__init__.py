"""What is asked of the audit: who touched whose record, and what was disclosed of it to whom."""

from app.records.audited.disclosing import AccountedDisclosure, DisclosurePage, Disclosures
from app.records.audited.searching import AuditSearch

__all__ = ["AccountedDisclosure", "AuditSearch", "DisclosurePage", "Disclosures"]
