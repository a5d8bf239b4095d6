"""One archive that installs where there is no network: packed here, set up by `install.sh`, tried by `trial`."""
