"""Failures of looking at one document of a backup."""

from bewaar.errors.base import Mendable


class DocumentUnknown(Mendable):
    """The backup holds no file of that path."""

    code = "document.unknown"
    template = "{file} holds no {path}"


class DocumentUnshown(Mendable):
    """The document is of a kind that is only saved: it might do more than show something."""

    code = "document.unshown"
    template = "{path} is not opened, only saved"


class NoViewer(Mendable):
    """The system found no program that opens the document."""

    code = "document.noviewer"
    template = "no program opens {path}: {reason}"
