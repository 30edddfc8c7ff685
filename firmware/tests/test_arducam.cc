#include "drivers/arducam.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "fake_camera.hpp"

namespace {

struct Bench {
  FakeClock clock;
  FakeCamera camera{clock};
  drivers::Ov2640 sensor{camera, clock};
  drivers::Arducam driver{camera, camera, sensor, clock};
  drivers::Arducam::Identity identity;
  std::vector<std::uint8_t> frame = std::vector<std::uint8_t>(drivers::Arducam::kFrameBytes);
  std::uint32_t length = 0;

  Status Start() { return driver.Start(identity); }
  Status Capture() { return driver.Capture(frame.data(), length); }
};

}  // namespace

TEST_CASE("a camera that works is identified and set up") {
  Bench bench;
  CHECK(bench.Start() == Status::kOk);
  CHECK(bench.identity.revision == 0x73);
  CHECK(bench.identity.sensor == 0x2642);
  CHECK(bench.camera.sensor[0][0x5A] == 24);
  CHECK(bench.camera.transfers_unselected == 0);
}

TEST_CASE("the older version of the sensor is taken too") {
  Bench bench;
  bench.camera.identity = 0x2641;
  CHECK(bench.Start() == Status::kOk);
}

TEST_CASE("another sensor is refused and named") {
  Bench bench;
  bench.camera.identity = 0x7721;
  CHECK(bench.Start() == Status::kWrongDevice);
  CHECK(bench.identity.sensor == 0x7721);
}

TEST_CASE("no answer on either bus means no camera") {
  Bench bench;
  bench.camera.spi_answers = false;
  bench.camera.sccb_acknowledges = false;
  CHECK(bench.Start() == Status::kAbsent);
}

TEST_CASE("a dead SPI is told from a dead SCCB") {
  Bench bench;
  SUBCASE("SPI reads ones") {
    bench.camera.spi_answers = false;
    CHECK(bench.Start() == Status::kLinkDead);
  }
  SUBCASE("SPI does not even clock") {
    bench.camera.spi_works = false;
    CHECK(bench.Start() == Status::kLinkDead);
  }
  SUBCASE("SCCB does not acknowledge") {
    bench.camera.sccb_acknowledges = false;
    CHECK(bench.Start() == Status::kNack);
  }
}

TEST_CASE("a capture returns the frame's bytes in order") {
  Bench bench;
  for (std::size_t i = 0; i < bench.camera.frame.size(); ++i) {
    bench.camera.frame[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  }
  REQUIRE(bench.Start() == Status::kOk);
  const std::uint32_t before = bench.clock.now_ms;
  CHECK(bench.Capture() == Status::kOk);
  CHECK(bench.frame == bench.camera.frame);
  CHECK(bench.clock.now_ms - before == 67);  // one look a millisecond, none more
  CHECK(bench.camera.transfers_unselected == 0);
}

TEST_CASE("each capture starts anew") {
  Bench bench;
  REQUIRE(bench.Start() == Status::kOk);
  CHECK(bench.Capture() == Status::kOk);
  bench.camera.frame.assign(bench.camera.frame.size(), 0x5A);
  CHECK(bench.Capture() == Status::kOk);
  CHECK(bench.frame == bench.camera.frame);
  CHECK(bench.camera.captures == 2);
}

TEST_CASE("a capture that never ends is given up after a second") {
  Bench bench;
  REQUIRE(bench.Start() == Status::kOk);
  bench.camera.done_never = true;
  const std::uint32_t before = bench.clock.now_ms;
  CHECK(bench.Capture() == Status::kTimeout);
  CHECK(bench.clock.now_ms - before == 1001);
}

TEST_CASE("a frame that comes late but within the second is taken") {
  Bench bench;
  REQUIRE(bench.Start() == Status::kOk);
  bench.camera.capture_ms = 900;
  CHECK(bench.Capture() == Status::kOk);
}

TEST_CASE("a FIFO of another length than a frame is refused, with the length") {
  Bench bench;
  REQUIRE(bench.Start() == Status::kOk);
  SUBCASE("one byte more") { bench.camera.extra_length = 1; }
  SUBCASE("one byte less") { bench.camera.frame.pop_back(); }
  SUBCASE("none") { bench.camera.frame.clear(); }
  SUBCASE("all that 23 bits can say") { bench.camera.extra_length = 0x7FFFFF - 18432; }
  CHECK(bench.Capture() == Status::kBadLength);
  CHECK(bench.length == bench.camera.frame.size() + bench.camera.extra_length);
}

TEST_CASE("a link that dies between captures is noticed at once") {
  Bench bench;
  REQUIRE(bench.Start() == Status::kOk);
  bench.camera.spi_answers = false;
  const std::uint32_t before = bench.clock.now_ms;
  SUBCASE("SPI alone") { CHECK(bench.Capture() == Status::kLinkDead); }
  SUBCASE("the whole camera") {
    bench.camera.sccb_acknowledges = false;
    CHECK(bench.Capture() == Status::kAbsent);
  }
  CHECK(bench.clock.now_ms == before);
}
