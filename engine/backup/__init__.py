"""Backups: every row in one file that can be read without us, and putting it back, held.

Here: the file (`archive`), filling it from a running desk (`taking`), filling an empty database
from it (`putting_back`), and noticing that a database is older than what its machine has seen
(`went_back`), by whatever tool it was put back. Not here: keys of the deployment. They are files,
and are kept apart from every backup.
"""

from engine.backup.archive import Archive, BackupError
from engine.backup.putting_back import Returned, put_back
from engine.backup.taking import Taken, take
from engine.backup.went_back import Mark, hold_if_it_went_back, keep_marking

__all__ = [
    "Archive",
    "BackupError",
    "Mark",
    "Returned",
    "Taken",
    "hold_if_it_went_back",
    "keep_marking",
    "put_back",
    "take",
]
