"""Files and folders: written whole or not at all, one run at a time, the inbox and its archives."""
