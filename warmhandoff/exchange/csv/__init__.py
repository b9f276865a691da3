"""Files with commas: read as a spreadsheet's user wrote them, refused with the row, the field and the mend."""
