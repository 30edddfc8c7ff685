"""C++ symbols for people, as c++filt(1) tells them without parameters."""

import pytest

from rtbench.cpp_names import readable

NAMES = {
    "main": "main",
    "_ZN7drivers6Lpuart5WriteEPKcj": "drivers::Lpuart::Write",
    "_ZNK3app8JsonLine4TextESt17basic_string_viewIcSt11char_traitsIcEE": "app::JsonLine::Text",
    "_ZN12_GLOBAL__N_112message_sizeE": "(anonymous)::message_size",
    "_ZN3app8JsonLineC1ESt17basic_string_viewIcSt11char_traitsIcEE": "app::JsonLine::JsonLine",
    "_ZN6tflite11MicroPrintfD2Ev": "tflite::MicroPrintf::~MicroPrintf",
    "_ZN6tflite12_GLOBAL__N_123EvalQuantizedPerChannelIalL10TfLiteType18EEE12TfLiteStatusP13T":
        "tflite::(anonymous)::EvalQuantizedPerChannel<>",
    "_ZTVN7drivers5LpspiE": "vtable for drivers::Lpspi",
    "_ZN6tflite18QuantizeMultiplierEdPlPi.part.0": "tflite::QuantizeMultiplier.part.0",
    "_ZNKSt17basic_string_viewIcSt11char_traitsIcEEeqES2_":
        "std::basic_string_view<>::operator==",
    "_ZZ4mainE5count": "main::count",
    "_ZL5count": "count",
    "_ZN3foo": "_ZN3foo",  # cut off
    "_ZN3foocvbEv": "_ZN3foocvbEv",  # a conversion: not told here, so left as it is
}  # fmt: skip


@pytest.mark.parametrize("symbol", NAMES)
def test_names(symbol):
    assert readable(symbol) == NAMES[symbol]
