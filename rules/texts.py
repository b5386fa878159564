"""Very many short texts in one piece of memory: ids, found by number or, sorted, by themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]

_WIDEST = 64
"""Bytes of a text up to which texts are sorted as rows of words; longer ones one by one."""
_CHUNK = 1 << 18


class Texts:
    """Immutable. UTF-8 in one blob; `offsets` (length + 1, unsigned 32 or 64 bits) cut it.

    Sorted means by code point, which is the order of Python's texts as well as of UTF-8.
    """

    __slots__ = ("blob", "offsets")

    def __init__(self, blob: bytes | memoryview, offsets: Numbers) -> None:
        self.blob = memoryview(blob)
        self.offsets = np.ascontiguousarray(offsets).data

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        """These texts, numbered as they come."""
        raw = [_bytes(text) for text in texts]
        ends = list(accumulate(map(len, raw), initial=0))
        return cls(b"".join(raw), np.array(ends, dtype=_wide_enough(ends[-1])))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> str:
        cut = self.blob[self.offsets[number] : self.offsets[number + 1]]
        return str(cut, "utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return self.blob.nbytes + self.offsets.nbytes

    def raw(self, number: int) -> bytes:
        """The text's UTF-8."""
        return bytes(self.blob[self.offsets[number] : self.offsets[number + 1]])

    def find(self, text: str, order: Sequence[int] | None = None) -> int | None:
        """The number of this text, or None. `order`: the numbers sorted; None: they are already."""
        wanted = _bytes(text)
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.raw(middle if order is None else order[middle]) < wanted:
                low = middle + 1
            else:
                high = middle
        if low == len(self):
            return None
        number = low if order is None else order[low]
        return number if self.raw(number) == wanted else None

    def order(self) -> Numbers:
        """The numbers in the order of their texts; equal texts as they came."""
        count = len(self)
        longest = int(np.diff(np.asarray(self.offsets)).max()) if count else 0
        if longest > _WIDEST or b"\0" in bytes(self.blob):
            raw = [bytes(self.blob[start:end]) for start, end in pairwise(self.offsets)]
            return np.array(sorted(range(count), key=raw.__getitem__), dtype=np.int64)
        words = max(1, -(-longest // 8))
        rows = self._rows(words * 8).view(">u8").astype(np.uint64)
        return np.lexsort([rows[:, word] for word in reversed(range(words))])

    def _rows(self, width: int) -> Numbers:
        """The texts below each other, each filled up with zeros."""
        starts: Numbers = np.asarray(self.offsets).astype(np.int64)
        count, letters = len(self), np.frombuffer(self.blob, dtype=np.uint8)
        rows = np.zeros(count * width, dtype=np.uint8)
        for first in range(0, count, _CHUNK):
            last = min(first + _CHUNK, count)
            begin, end = int(starts[first]), int(starts[last])
            lines: Numbers = np.arange(first, last) * width
            moved = np.repeat(lines - starts[first:last], np.diff(starts[first : last + 1]))
            rows[moved + np.arange(begin, end)] = letters[begin:end]
        return rows.reshape(count, width)

    def take(self, order: Numbers) -> "Texts":
        """The texts of these numbers, numbered anew."""
        starts = np.asarray(self.offsets)[:-1].astype(np.int64)[order]
        lengths: Numbers = np.diff(np.asarray(self.offsets).astype(np.int64))[order]
        ends: Numbers = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths)))
        letters = np.frombuffer(self.blob, dtype=np.uint8)
        out = np.empty(int(ends[-1]), dtype=np.uint8)
        for first in range(0, len(order), _CHUNK):
            last = min(first + _CHUNK, len(order))
            begin, end = int(ends[first]), int(ends[last])
            moved: Numbers = np.repeat(starts[first:last] - ends[first:last], lengths[first:last])
            out[begin:end] = letters[moved + np.arange(begin, end)]
        return Texts(out.data, ends.astype(_wide_enough(int(ends[-1]))))


class MoreTexts(Texts):
    """Texts, and a few more that were numbered later."""

    __slots__ = ("_more",)

    def __init__(self, texts: Texts, more: Mapping[int, str]) -> None:
        super().__init__(texts.blob, np.asarray(texts.offsets))
        self._more = more

    def __getitem__(self, number: int) -> str:
        more = self._more.get(number)
        return super().__getitem__(number) if more is None else more


def _bytes(text: str) -> bytes:
    # A lone half of a pair is no valid text, but a registry that holds one must still open.
    return text.encode("utf-8", "surrogatepass")


def _wide_enough(end: int) -> type[np.unsignedinteger[Any]]:
    return np.uint32 if end < 1 << 32 else np.uint64
