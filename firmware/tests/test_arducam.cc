#include "drivers/arducam.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "fake_camera.hpp"

namespace {

struct Bench {
  FakeClock clock;
  FakeCamera camera{clock};
  drivers::Ov2640 sensor{camera, clock};
  drivers::Arducam driver{camera, camera, sensor, clock};
  drivers::Camera::Identity identity;
  std::vector<std::uint8_t> frame = std::vector<std::uint8_t>(drivers::Arducam::kFormat.Bytes());
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
  CHECK(bench.camera.sensor.registers[FakeOv2640::kDsp][0x5A] == 24);
  CHECK(bench.camera.transfers_unselected == 0);
}

TEST_CASE("the older version of the sensor is taken too") {
  Bench bench;
  bench.camera.sensor.identity = 0x2641;
  CHECK(bench.Start() == Status::kOk);
}

TEST_CASE("another sensor is refused and named") {
  Bench bench;
  bench.camera.SetFault("wrong_identity");
  CHECK(bench.Start() == Status::kWrongDevice);
  CHECK(bench.identity.sensor == 0x7721);
}

TEST_CASE("no answer on either bus means no camera") {
  Bench bench;
  bench.camera.SetFault("absent");
  CHECK(bench.Start() == Status::kAbsent);
}

TEST_CASE("a dead SPI is told from a dead SCCB") {
  Bench bench;
  SUBCASE("SPI reads ones") {
    bench.camera.SetFault("absent");
    bench.camera.sensor.acknowledges = true;
    CHECK(bench.Start() == Status::kLinkDead);
  }
  SUBCASE("SPI reads zeros") {
    bench.camera.SetFault("dead_spi");
    CHECK(bench.Start() == Status::kLinkDead);
  }
  SUBCASE("SPI does not even clock") {
    bench.camera.spi_clocks = false;
    CHECK(bench.Start() == Status::kLinkDead);
  }
  SUBCASE("SCCB does not acknowledge") {
    bench.camera.SetFault("sccb_nack");
    CHECK(bench.Start() == Status::kNack);
  }
}

TEST_CASE("a camera that has just got its power is waited for") {
  Bench bench;
  bench.camera.Reset(true);
  CHECK(bench.Start() == Status::kOk);
}

TEST_CASE("no frame is taken before the exposure has settled") {
  Bench bench;
  bench.camera.SetFault("settling", 8);
  const FakeCamera::Bytes fed(drivers::Arducam::kFormat.Bytes(), 0x5A);
  bench.camera.Feed(fed);
  REQUIRE(bench.Start() == Status::kOk);
  CHECK(bench.Capture() == Status::kOk);
  CHECK(bench.frame == fed);
  CHECK(bench.camera.diagnosis == "");
}

TEST_CASE("a camera that has rested takes no frame before its exposure has settled") {
  using Rest = drivers::Camera::Rest;
  struct {
    Rest rest;
    std::uint32_t most_ms;
    bool keeps_settings;
  } const rests[] = {{Rest::kLowPower, 1100, true}, {Rest::kGated, 2000, false}};
  for (const auto& one : rests) {
    Bench bench;
    bench.camera.SetFault("settling", 4);
    REQUIRE(bench.Start() == Status::kOk);
    REQUIRE(bench.driver.PowerDown(one.rest) == Status::kOk);
    bench.clock.now_us += 5'000'000;
    std::uint16_t identity = 0;
    CHECK(bench.sensor.Identify(identity) == Status::kNack);
    CHECK((bench.camera.sensor.registers[FakeOv2640::kDsp][0x5A] == 24) == one.keeps_settings);
    const std::uint32_t before = bench.clock.NowMs();
    CHECK(bench.driver.PowerUp() == Status::kOk);
    CHECK(bench.clock.NowMs() - before < one.most_ms);
    const FakeCamera::Bytes fed(drivers::Arducam::kFormat.Bytes(), 0x5A);
    bench.camera.Feed(fed);
    CHECK(bench.Capture() == Status::kOk);
    CHECK(bench.frame == fed);
    CHECK(bench.camera.diagnosis == "");
  }
}

TEST_CASE("a camera that is left on needs no time to wake up") {
  Bench bench;
  REQUIRE(bench.Start() == Status::kOk);
  CHECK(bench.driver.PowerDown(drivers::Camera::Rest::kOn) == Status::kOk);
  const std::uint32_t before = bench.clock.NowMs();
  CHECK(bench.driver.PowerUp() == Status::kOk);
  CHECK(bench.clock.NowMs() == before);
}

TEST_CASE("a camera that was without power meanwhile says so when it shall wake up") {
  Bench bench;
  REQUIRE(bench.Start() == Status::kOk);
  REQUIRE(bench.driver.PowerDown(drivers::Camera::Rest::kLowPower) == Status::kOk);
  SUBCASE("and has come back without its settings") {
    bench.camera.Reset(true);
    bench.clock.now_us += 200'000;
    CHECK(bench.driver.PowerUp() == Status::kNotReady);
  }
  SUBCASE("and is gone") {
    bench.camera.SetFault("absent");
    CHECK(bench.driver.PowerUp() == Status::kNack);
  }
  SUBCASE("and its bus does not clock") {
    bench.camera.spi_clocks = false;
    CHECK(bench.driver.PowerUp() == Status::kLinkDead);
  }
}

TEST_CASE("a capture returns the frame's bytes in order") {
  Bench bench;
  FakeCamera::Bytes fed(drivers::Arducam::kFormat.Bytes());
  for (std::size_t i = 0; i < fed.size(); ++i) {
    fed[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  }
  bench.camera.Feed(fed, "fed");
  REQUIRE(bench.Start() == Status::kOk);
  const std::uint32_t before = bench.clock.NowMs();
  CHECK(bench.Capture() == Status::kOk);
  CHECK(bench.frame == fed);
  CHECK(bench.camera.captured == std::vector<std::string>{"fed"});
  const std::uint32_t taken = bench.clock.NowMs() - before;  // one to two periods
  CHECK(taken >= 67);
  CHECK(taken <= 134);
  CHECK(bench.camera.diagnosis == "");
  CHECK(bench.camera.transfers_unselected == 0);
}

TEST_CASE("each capture starts anew") {
  Bench bench;
  REQUIRE(bench.Start() == Status::kOk);
  CHECK(bench.Capture() == Status::kOk);
  const FakeCamera::Bytes fed(drivers::Arducam::kFormat.Bytes(), 0x5A);
  bench.camera.Feed(fed, "fed");
  CHECK(bench.Capture() == Status::kOk);
  CHECK(bench.frame == fed);
  CHECK(bench.camera.captured == std::vector<std::string>{"-", "fed"});
}

TEST_CASE("a capture that never ends is given up after a second") {
  Bench bench;
  REQUIRE(bench.Start() == Status::kOk);
  bench.camera.SetFault("capture_never_done");
  const std::uint32_t before = bench.clock.NowMs();
  CHECK(bench.Capture() == Status::kTimeout);
  CHECK(bench.clock.NowMs() - before > 1000);
  CHECK(bench.clock.NowMs() - before <= 1003);
}

TEST_CASE("a frame that comes late but within the second is taken") {
  Bench bench;
  REQUIRE(bench.Start() == Status::kOk);
  bench.camera.SetFault("late_frame", 850);
  CHECK(bench.Capture() == Status::kOk);
}

TEST_CASE("some bytes behind the frame are not read") {
  for (const std::size_t more : {1u, 8u, 64u}) {
    Bench bench;
    REQUIRE(bench.Start() == Status::kOk);
    bench.camera.SetFault("exact_length");
    FakeCamera::Bytes fed(drivers::Arducam::kFormat.Bytes() + more, 0x5A);
    std::fill(fed.end() - static_cast<std::ptrdiff_t>(more), fed.end(), std::uint8_t{0xEE});
    bench.camera.Feed(fed);
    CHECK(bench.Capture() == Status::kOk);
    CHECK(bench.length == fed.size());
    CHECK(bench.frame == FakeCamera::Bytes(bench.frame.size(), 0x5A));
  }
}

TEST_CASE("a camera that is lost within the burst gives no frame, at any moment") {
  for (std::uint32_t moment = 0; moment < 48; ++moment) {
    const std::uint32_t offset = moment * 18'431 / 47;
    CAPTURE(offset);
    for (const char* fault : {"unplugged", "brown_out"}) {
      Bench bench;
      REQUIRE(bench.Start() == Status::kOk);
      bench.camera.SetFault(fault, offset);
      CHECK(bench.Capture() == Status::kLinkDead);
      bench.camera.ClearFaults();
      CHECK(bench.Start() == Status::kOk);
      CHECK(bench.Capture() == Status::kOk);
    }
  }
}

TEST_CASE("a sensor that has lost its settings gives no frame, whatever the FIFO says") {
  Bench bench;
  REQUIRE(bench.Start() == Status::kOk);
  SUBCASE("and the length is right") {}
  SUBCASE("and the length is not") { bench.camera.SetFault("length_zero"); }
  bench.camera.sensor.Reset();
  CHECK(bench.Capture() == Status::kNotReady);
}

TEST_CASE("a short frame is taken once more, and then given up") {
  Bench bench;
  bench.camera.SetFault("exact_length");
  REQUIRE(bench.Start() == Status::kOk);
  const FakeCamera::Bytes whole(drivers::Arducam::kFormat.Bytes(), 0x5A);
  bench.camera.Feed(FakeCamera::Bytes(18431), "short");
  SUBCASE("the second is whole") {
    bench.camera.Feed(whole, "whole");
    CHECK(bench.Capture() == Status::kOk);
    CHECK(bench.frame == whole);
    CHECK(bench.camera.captured == std::vector<std::string>{"short", "whole"});
  }
  SUBCASE("so is the second") {
    bench.camera.Feed(FakeCamera::Bytes(100), "shorter");
    CHECK(bench.Capture() == Status::kBadLength);
    CHECK(bench.length == 100);
    CHECK(bench.camera.captured == std::vector<std::string>{"short", "shorter"});
  }
}

TEST_CASE("a FIFO of another length than a frame is refused, with the length") {
  Bench bench;
  bench.camera.SetFault("exact_length");
  REQUIRE(bench.Start() == Status::kOk);
  std::size_t length = 0;
  SUBCASE("too many bytes more") { length = 18497; }
  SUBCASE("one byte less") { length = 18431; }
  SUBCASE("one byte") { length = 1; }
  if (length != 0) {
    bench.camera.Feed(FakeCamera::Bytes(length));
  }
  SUBCASE("none") { bench.camera.SetFault("length_zero"); }
  SUBCASE("all that 23 bits can say") {
    bench.camera.SetFault("length_too_long");
    length = 0x7F'FFFF;
  }
  CHECK(bench.Capture() == Status::kBadLength);
  CHECK(bench.length == length);
}

TEST_CASE("a link that dies between captures is noticed at once") {
  Bench bench;
  REQUIRE(bench.Start() == Status::kOk);
  const std::uint32_t before = bench.clock.NowMs();
  SUBCASE("SPI alone") {
    bench.camera.SetFault("dead_spi");
    CHECK(bench.Capture() == Status::kLinkDead);
  }
  SUBCASE("the whole camera") {
    bench.camera.SetFault("absent");
    CHECK(bench.Capture() == Status::kAbsent);
  }
  CHECK(bench.clock.NowMs() == before);
}

TEST_CASE("through the camera's interface each trouble has a code and words of its own") {
  Bench bench;
  const drivers::Camera& camera = bench.driver;
  std::set<std::string> codes;
  std::set<std::string> details;
  for (const Status status :
       {Status::kAbsent, Status::kWrongDevice, Status::kNack, Status::kTimeout, Status::kBadLength,
        Status::kLinkDead, Status::kNotReady}) {
    codes.insert(camera.Explain(status).code);
    details.insert(camera.Explain(status).detail);
  }
  CHECK(codes.size() == 7);
  CHECK(details.size() == 7);
}
