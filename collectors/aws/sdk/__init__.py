"""What cannot be imported without the SDK: its own classes, changed. Whoever needs one imports it when AWS is looked at."""
