"""Time on air, against figures that others published."""

import pytest

from stadtkern.kernel.devices.coverage.airtime import of_uplink, time_on_air


@pytest.mark.parametrize(
    ("size", "sf", "millis"),
    [
        # A public spreadsheet of Semtech's AN1200.13: 13 bytes at SF9.
        (13, 9, 164.864),
        # RF Wireless World's calculator, examples 1 and 2: 10 bytes.
        (10, 7, 41.216),
        (10, 11, 577.536),
        # tanupoo/lorawan_toa, test_2: 64 bytes, low data rate optimisation on.
        (64, 12, 2793.472),
    ],
)
def test_frames_last_as_long_as_published(size, sf, millis):
    assert time_on_air(size, sf) * 1000 == pytest.approx(millis, abs=0.001)


@pytest.mark.parametrize(
    ("sf", "millis"), [(8, 133.6), (9, 246.8), (10, 452.6), (11, 987.1), (12, 1810.4)]
)
def test_slower_spreading_factors_agree_with_the_things_networks_calculator(sf, millis):
    """20 bytes of payload, as bertrik/ttn-gateway-collector compares with that calculator.

    Its figure for SF7 (77.1 ms) is left out: there a byte of overhead more makes another block.
    """
    assert time_on_air(32, sf) * 1000 == pytest.approx(millis, abs=0.05)


def test_lower_bandwidths_last_longer_and_500_khz_agrees():
    assert time_on_air(255, 7, 500_000) * 1000 == pytest.approx(99.904, abs=0.001)


def test_an_uplink_has_13_bytes_more_than_its_payload():
    assert of_uplink(0, 9) * 1000 == pytest.approx(164.864, abs=0.001)


@pytest.mark.parametrize("sf", [None, 0, 5, 13])
def test_without_a_known_spreading_factor_nothing_is_claimed(sf):
    assert of_uplink(10, sf) == 0
