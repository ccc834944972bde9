"""What forms and submissions share: the hidden sheet, 記入要領, the columns 点検."""
