"""The two encoders of a shop: the teacher, a transformer, and the student distilled from it."""

from __future__ import annotations

from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path

from semrec.config import EmbedConfig
from semrec.embed.centre import Centre, CentredEncoder
from semrec.embed.load import load_encoder
from semrec.embed.mean import MeanEncoder
from semrec.embed.protocol import Encoder
from semrec.embed.student import StudentEncoder
from semrec.errors import InvalidArgument
from semrec.legs import PACKAGED, Side


class Encoders:
    """Teacher and student; the teacher is loaded when it is first needed, perhaps never.

    Args:
        config: names the teacher.
        student: the light encoder, None if there is none.
        centre: where the teacher's vectors of this shop lie, None if they are not centred.
    """

    def __init__(
        self,
        config: EmbedConfig,
        student: StudentEncoder | None,
        centre: Centre | None = None,
    ) -> None:
        self._config = config
        self.centre = centre
        self.student = student

    @classmethod
    def open(cls, config: EmbedConfig) -> Encoders:
        """The encoders that the settings name.

        Raises:
            ModelNotFound: the student's folder holds none.
        """
        return cls(config, load_student(config.student))

    @cached_property
    def transformer(self) -> Encoder:
        """The teacher as it came.

        Raises:
            ModelNotFound: it cannot be loaded.
        """
        return load_encoder(self._config)

    @cached_property
    def teacher(self) -> Encoder:
        """The teacher, centred for this shop.

        Raises:
            ModelNotFound: it cannot be loaded.
            InvalidArgument: it has another dimension than its centre.
        """
        if self.centre is None:
            return self.transformer
        return CentredEncoder(self.transformer, self.centre)

    def centred(self, centre: Centre | None) -> Encoders:
        """The same encoders with another centre."""
        other = Encoders(self._config, self.student, centre)
        if "transformer" in self.__dict__:  # loaded already
            other.__dict__["transformer"] = self.transformer
        return other

    def for_shop(self, student: StudentEncoder | None, centre: Centre | None) -> Encoders:
        """The same teacher with the student and the centre of another shop."""
        other = self.centred(centre)
        other.student = student
        return other

    def of_student(self, student: StudentEncoder) -> Encoders:
        """The same teacher with another student."""
        other = self.centred(self.centre)
        other.student = student
        return other

    @property
    def pair(self) -> bool:
        """Whether the student's vectors can be compared with the teacher's."""
        student = self.student
        return student is not None and student.origin.get("teacher") == self.transformer.fingerprint

    def of(self, side: Side) -> Encoder:
        """The encoder of a side.

        Raises:
            InvalidArgument: there is no student.
            ModelNotFound: the teacher cannot be loaded.
        """
        if side == "teacher":
            return self.teacher
        if self.student is None:
            raise InvalidArgument("there is no student here; legal: teacher, lexical+teacher")
        return self.student if side == "student" else MeanEncoder(self.teacher, self.student)


def load_student(name: str) -> StudentEncoder | None:
    """The student that the setting ``embed.student`` names: packaged, in a folder, or none.

    Raises:
        ModelNotFound: the folder holds no student.
        ModelDamaged: a file of it is missing or is not what was saved.
    """
    if name == "none":
        return None
    if name != PACKAGED:
        return StudentEncoder.load(Path(name).expanduser())
    with as_file(files("semrec.embed") / "assets") as folder:
        return StudentEncoder.load(folder)
