"""Everything that can go wrong, and whose move it is.

    ReviewError              a person can act on it; the message ends with what to do
    ├── InputError           the inspection folder cannot be read at all (exit 2)
    ├── SettingsError        an option or environment variable is wrong (exit 2)
    └── HeaderError          a check's header is wrong: a defect of ours, found at start (exit 1)

Any other exception is a defect; its traceback goes to the log and never to a user.
Messages hold file names, row numbers and ids, never what a record says about a patient.
"""


class ReviewError(Exception):
    """A problem a person can act on; the message is Chinese and ends with the remedy."""


class InputError(ReviewError):
    """The inspection cannot be read: nothing was written."""


class SettingsError(ReviewError):
    """An option or environment variable has a value that cannot be used."""


class HeaderError(ReviewError):
    """The header of a check or table is wrong; names file and key."""
