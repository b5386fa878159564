"""A power cut: what a process wrote and did not sync is gone.

A kill alone leaves that in the system's memory, and nothing is lost. Here each file that is synced
is kept as it is at that moment (`power.c`, put before the C library of the process); at the cut
the folder has that and nothing newer. It is the worst that a disk which does not lie may do.
"""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).with_name("power.c")


class Power:
    """Of one folder, without folders in it. What is there already is on the disk."""

    def __init__(self, folder: Path, *, work: Path) -> None:
        """`work`: a folder for what is kept. Raises FileNotFoundError without a C compiler."""
        work.mkdir()
        self._folder, self._kept, self._shim = folder, work / "kept", work / "power.so"
        compiler = ["cc", "-shared", "-fPIC", "-O1", "-o", str(self._shim), str(SOURCE), "-ldl"]
        subprocess.run(compiler, check=True, capture_output=True)
        shutil.copytree(folder, self._kept)

    @property
    def variables(self) -> Mapping[str, str]:
        """With these a process is one whose disk may lose power."""
        return {
            "LD_PRELOAD": str(self._shim),
            "KEPT_OF": str(self._folder),
            "KEPT_IN": str(self._kept),
        }

    def cut(self) -> int:
        """The power is gone, and with it every process: so many bytes are lost.

        A file that was taken away stays so; it may only have left something to be done over.
        """
        lost = 0
        for file in [each for each in self._folder.iterdir() if each.is_file()]:
            kept = self._kept / file.name
            if not kept.exists():
                lost += file.stat().st_size
                file.unlink()
            elif (synced := kept.read_bytes()) != (written := file.read_bytes()):
                lost += max(1, len(written) - len(synced))
                file.write_bytes(synced)
        return lost
