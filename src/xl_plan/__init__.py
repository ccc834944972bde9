"""Excel-native progress reporting for administrative plans. The way the data goes: ``docs/architecture.md``."""

__version__ = "0.1.0"
