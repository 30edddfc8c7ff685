#include "drivers/ov2640.hpp"

#include <doctest/doctest.h>

#include <cstring>

#include "drivers/ov2640_settings.hpp"
#include "fake_camera.hpp"

TEST_CASE("the sensor is set to 96x96 RGB565, high byte first") {
  FakeClock clock;
  FakeCamera camera(clock);
  drivers::Ov2640 sensor(camera, clock);
  CHECK(sensor.Configure() == Status::kOk);
  const auto& dsp = camera.sensor.registers[FakeOv2640::kDsp];
  CHECK(dsp[0x5A] * 4 == 96);
  CHECK(dsp[0x5B] * 4 == 96);
  CHECK(dsp[0x5C] == 0);
  CHECK((dsp[0xDA] >> 2 & 3) == 2);
  CHECK((dsp[0xDA] & 1) == 0);
  CHECK(dsp[0xE0] == 0);
  CHECK(camera.sensor.Output().Objection() == "");
}

TEST_CASE("the cut is square, within the picture, and larger than what comes out") {
  using namespace drivers::ov2640;
  CHECK(kOffsetX + kWindow <= kSensorWidth);
  CHECK(kWindow <= kSensorHeight);
  CHECK(kWindow / 4 >= kOutput);
}

TEST_CASE("the reset gets its time before the settings follow") {
  FakeClock clock;
  FakeCamera camera(clock);
  drivers::Ov2640 sensor(camera, clock);
  const std::uint32_t before = clock.NowMs();
  CHECK(sensor.Configure() == Status::kOk);
  CHECK(clock.NowMs() - before >= 100);
}

TEST_CASE("a sensor that stops to acknowledge fails the set-up") {
  FakeClock clock;
  FakeCamera camera(clock);
  drivers::Ov2640 sensor(camera, clock);
  clock.on_sleep = [&] { camera.sensor.acknowledges = false; };
  CHECK(sensor.Configure() == Status::kNack);
}
