"""The folder in which a volume is made: the files of the series in `IN`, and what becomes of them."""

IN, PLAIN, MADE = "in", "plain", "made"
VOLUME = "volume.nii.gz"
TOLD = "told.json"
"""What the volume is, or why there is none."""
