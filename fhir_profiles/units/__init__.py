"""Units of measure: UCUM, the units that records write in their place, and analytes by their molar mass."""
