"""Flask toolkit that knows no feature: negotiation, multipart, conditional, paging, problems, guard."""
