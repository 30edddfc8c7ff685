"""The machine on Renode: platform, models in C# and the driver of its monitor."""
