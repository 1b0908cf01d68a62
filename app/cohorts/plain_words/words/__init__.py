"""The words of questions that name no thing: what asks, joins, denies, compares and dates."""
