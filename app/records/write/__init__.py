"""One resource is written: read strictly, validated, prepared, decided under the lock."""
