"""The only room in which Excel files and the Excel libraries are touched."""
