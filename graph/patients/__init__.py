"""Who is who: merging patients and undoing it, and deciding whose a study is that was in doubt (ADR 10)."""
