"""Where the invented gateways stand, and how well each of them hears a device by its distance."""

import random
from dataclasses import dataclass
from math import cos, hypot, log10, radians

KM_A_DEGREE = 111.32
# Transmitter and aerial, in dBm; path loss of a built-up area at 868 MHz with a high aerial (the
# shape of Okumura-Hata); noise of a receiver in 125 kHz.
SENT, LOSS_AT_1_KM, LOSS_A_DECADE, NOISE = 18.0, 120.5, 35.0, -117.0
# Houses between device and gateway stay the same; people and weather change.
SHADOW, FADING = 6.0, 2.0
BEST_SNR = 11.0
# Below this SNR a frame is lost (SX1276 data sheet, table 13).
FLOOR = {7: -7.5, 8: -10.0, 9: -12.5, 10: -15.0, 11: -17.5, 12: -20.0}

Spot = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """One gateway; `told` where its network knows its place."""

    eui: str
    at: Spot
    altitude: float
    told: bool = True


# Nothing stands there. The last one is somebody else's, beyond the city's edge.
GATEWAYS = (
    Gateway(eui="02534bff00000001", at=(7.2290, 51.5402), altitude=92),
    Gateway(eui="02534bff00000002", at=(7.1608, 51.5355), altitude=84),
    Gateway(eui="02534bff00000003", at=(7.2630, 51.5360), altitude=101),
    Gateway(eui="02534bff00000004", at=(7.1890, 51.5175), altitude=88),
    Gateway(eui="02534bff000000f1", at=(7.3020, 51.5520), altitude=95, told=False),
)


@dataclass(frozen=True, kw_only=True)
class Level:
    """What one gateway measures of one frame (dBm, dB)."""

    gateway: Gateway
    rssi: float
    snr: float


def mean_rssi(gateway: Gateway, at: Spot, loss: float, seed: int) -> float:
    """The same for one place in every run; `loss` in dB is what stands around the device."""
    far = max(distance(gateway.at, at), 0.03)
    shadow = random.Random(f"{seed} {gateway.eui} {at[0]:.3f} {at[1]:.3f}").gauss(0, SHADOW)
    return SENT - LOSS_AT_1_KM - LOSS_A_DECADE * log10(far) + shadow - loss


def distance(a: Spot, b: Spot) -> float:
    """Kilometres."""
    east = (a[0] - b[0]) * KM_A_DEGREE * cos(radians(a[1]))
    return hypot(east, (a[1] - b[1]) * KM_A_DEGREE)


class Air:
    """Who hears a device; the means of a place are worked out once."""

    def __init__(self, gateways: int, seed: int) -> None:
        self.gateways = GATEWAYS[:gateways]
        self.seed = seed
        self.random = random.Random(f"air {seed}")
        self._means: dict[tuple[Spot, float], list[tuple[Gateway, float]]] = {}

    def heard(self, at: Spot, loss: float, factor: int, *, surely: bool) -> list[Level]:
        """The best first; nobody where the frame is lost. `surely`: the best one hears it at least.

        A device that stands still was put where it is heard.
        """
        levels = [self._level(gateway, mean) for gateway, mean in self._mean(at, loss)]
        levels.sort(key=lambda level: level.snr, reverse=True)
        found = [level for level in levels if level.snr >= FLOOR[factor]]
        if found or not surely:
            return found
        best = levels[0]
        return [Level(gateway=best.gateway, rssi=best.rssi, snr=FLOOR[factor] + 0.5)]

    def _mean(self, at: Spot, loss: float) -> list[tuple[Gateway, float]]:
        if (at, loss) not in self._means:
            if len(self._means) > 2000:
                self._means.clear()
            self._means[at, loss] = [
                (gateway, mean_rssi(gateway, at, loss, self.seed)) for gateway in self.gateways
            ]
        return self._means[at, loss]

    def _level(self, gateway: Gateway, mean: float) -> Level:
        rssi = mean + self.random.gauss(0, FADING)
        snr = min(rssi - NOISE, BEST_SNR) + self.random.uniform(-1, 1)
        return Level(gateway=gateway, rssi=max(round(rssi), -139), snr=round(snr * 4) / 4)
