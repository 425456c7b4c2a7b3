"""Say what: the settings of one organisation, and the Security Rule as data. No collector, no check."""
