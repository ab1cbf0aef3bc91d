"""Open files on Windows, from the Restart Manager, which installers ask who is in their way.

Written from Microsoft's documents and not yet run there. Needs no administrator. It is asked
about files, never folders, so of a folder the files are named to it, as many as are sensible.
Names and numbers are those of restartmanager.h, processthreadsapi.h and tlhelp32.h.
"""

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import wintypes
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from bewaar.system.holders import Holder, Process, Sighting, named
from bewaar.system.volumes import disk_facts

# So the type checker reads on only where these calls exist.
assert sys.platform == "win32"  # noqa: S101

_MOST_FILES = 500  # asked about in one folder
_KEY_LENGTH = 33  # CCH_RM_SESSION_KEY + 1
_MORE_DATA = 234  # ERROR_MORE_DATA: another program came along between two questions
_TRIES = 5
_QUERY = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
_DENIED = 5  # ERROR_ACCESS_DENIED: there is such a process, somebody else's
_STILL_ACTIVE = 259
_PROCESSES = 2  # TH32CS_SNAPPROCESS
_NO_HANDLE = wintypes.HANDLE(-1).value
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)  # of a FILETIME, in tenths of microseconds

_manager = ctypes.WinDLL("rstrtmgr")
_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel.OpenProcess.restype = wintypes.HANDLE
_kernel.OpenProcess.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
_kernel.GetExitCodeProcess.argtypes = [wintypes.HANDLE, wintypes.LPDWORD]
_kernel.GetProcessTimes.argtypes = [wintypes.HANDLE, *[ctypes.POINTER(wintypes.FILETIME)] * 4]
_kernel.CreateToolhelp32Snapshot.restype = wintypes.HANDLE
_kernel.CreateToolhelp32Snapshot.argtypes = [wintypes.DWORD, wintypes.DWORD]
_kernel.CloseHandle.argtypes = [wintypes.HANDLE]


class _UniqueProcess(ctypes.Structure):  # RM_UNIQUE_PROCESS
    _fields_ = (("dwProcessId", wintypes.DWORD), ("ProcessStartTime", wintypes.FILETIME))


class _ProcessInfo(ctypes.Structure):  # RM_PROCESS_INFO
    _fields_ = (
        ("Process", _UniqueProcess),
        ("strAppName", wintypes.WCHAR * 256),
        ("strServiceShortName", wintypes.WCHAR * 64),
        ("ApplicationType", ctypes.c_int),
        ("AppStatus", wintypes.ULONG),
        ("TSSessionId", wintypes.DWORD),
        ("bRestartable", wintypes.BOOL),
    )


class _ProcessEntry(ctypes.Structure):  # PROCESSENTRY32W
    _fields_ = (
        ("dwSize", wintypes.DWORD),
        ("cntUsage", wintypes.DWORD),
        ("th32ProcessID", wintypes.DWORD),
        ("th32DefaultHeapID", ctypes.c_size_t),
        ("th32ModuleID", wintypes.DWORD),
        ("cntThreads", wintypes.DWORD),
        ("th32ParentProcessID", wintypes.DWORD),
        ("pcPriClassBase", wintypes.LONG),
        ("dwFlags", wintypes.DWORD),
        ("szExeFile", wintypes.WCHAR * 260),
    )


_entry = ctypes.POINTER(_ProcessEntry)
_kernel.Process32FirstW.argtypes = [wintypes.HANDLE, _entry]
_kernel.Process32NextW.argtypes = [wintypes.HANDLE, _entry]


def holders(places: Sequence[Path]) -> Sighting:
    """Return the processes that have one of the places open, or a file below it."""
    whole = not any(disk_facts(place).network for place in places)
    found: list[Holder] = []
    for place in places:
        files = list(islice(_files(place), _MOST_FILES + 1))
        whole = whole and len(files) <= _MOST_FILES
        try:
            infos = _using(files[:_MOST_FILES]) if files else []
        except OSError:
            whole = False
            continue
        found += [_holder(info, place) for info in infos if _pid(info) != os.getpid()]
    return Sighting(holders=tuple(found), whole=whole)


def alive(pid: int) -> bool:
    """Return whether a process with that number runs."""
    process = _kernel.OpenProcess(_QUERY, False, pid)
    if not process:
        return ctypes.get_last_error() == _DENIED
    try:
        code = wintypes.DWORD()
        asked = _kernel.GetExitCodeProcess(process, ctypes.byref(code))
        return bool(asked) and code.value == _STILL_ACTIVE
    finally:
        _kernel.CloseHandle(process)


def started(pid: int) -> datetime | None:
    """Return when a process was started."""
    process = _kernel.OpenProcess(_QUERY, False, pid)
    if not process:
        return None
    try:
        times = [wintypes.FILETIME() for _ in range(4)]  # created, ended, kernel, user
        if not _kernel.GetProcessTimes(process, *map(ctypes.byref, times)):
            return None
        tenths = (times[0].dwHighDateTime << 32) + times[0].dwLowDateTime
        return _EPOCH + timedelta(microseconds=tenths // 10)
    finally:
        _kernel.CloseHandle(process)


def running(programs: Sequence[str]) -> tuple[Process, ...]:
    """Return the processes that run one of these programs."""
    return tuple(each for each in _listed() if named(each.program, programs))


def _listed() -> Iterator[Process]:
    snapshot = _kernel.CreateToolhelp32Snapshot(_PROCESSES, 0)
    if snapshot == _NO_HANDLE:
        return
    try:
        entry = _ProcessEntry(dwSize=ctypes.sizeof(_ProcessEntry))
        more = _kernel.Process32FirstW(snapshot, ctypes.byref(entry))
        while more:
            yield Process(pid=int(entry.th32ProcessID), program=str(entry.szExeFile))
            more = _kernel.Process32NextW(snapshot, ctypes.byref(entry))
    finally:
        _kernel.CloseHandle(snapshot)


def _files(place: Path) -> Iterator[str]:
    if not place.is_dir():
        yield str(place)
        return
    for folder, _, names in os.walk(place):
        yield from (str(Path(folder, name)) for name in names)


def _using(files: list[str]) -> list[_ProcessInfo]:
    with _session() as session:
        names = (wintypes.LPCWSTR * len(files))(*files)
        _checked(_manager.RmRegisterResources(session, len(files), names, 0, None, 0, None))
        room = 0
        for _ in range(_TRIES):
            needed, given = wintypes.UINT(), wintypes.UINT(room)
            infos, reasons = (_ProcessInfo * max(1, room))(), wintypes.DWORD()
            answer = _manager.RmGetList(
                session,
                ctypes.byref(needed),
                ctypes.byref(given),
                infos if room else None,
                ctypes.byref(reasons),
            )
            if answer != _MORE_DATA:
                _checked(answer)
                return list(infos[: given.value]) if room else []
            room = needed.value
        raise OSError(_MORE_DATA, "RmGetList")


@contextmanager
def _session() -> Iterator[wintypes.DWORD]:
    session, key = wintypes.DWORD(), ctypes.create_unicode_buffer(_KEY_LENGTH)
    _checked(_manager.RmStartSession(ctypes.byref(session), 0, key))
    try:
        yield session
    finally:
        _manager.RmEndSession(session)


def _checked(answer: int) -> None:
    if answer:
        raise OSError(answer, "Restart Manager")


def _holder(info: _ProcessInfo, place: Path) -> Holder:
    return Holder(pid=_pid(info), program=str(info.strAppName), path=place)


def _pid(info: _ProcessInfo) -> int:
    return int(info.Process.dwProcessId)
