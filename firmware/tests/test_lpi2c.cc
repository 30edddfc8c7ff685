#include "drivers/lpi2c.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "fakes.hpp"

namespace {

constexpr std::uint32_t kSdf = 1u << 9;
constexpr std::uint32_t kNdf = 1u << 10;
constexpr std::uint32_t kAlf = 1u << 11;

/// A device that holds SDA for `held` clocks more; what was done to the lines as text.
class FakeLines final : public drivers::I2cLines {
 public:
  void Take() override { story += "take "; }
  void Give() override {
    story += "give";
    on_give();
  }
  void SetScl(bool level) override {
    story += level ? "C" : "c";
    if (level && held != 0) {
      --held;
    }
  }
  void SetSda(bool level) override {
    story += level ? "D" : "d";
    driven_low = !level;
  }
  bool Sda() const override { return held == 0 && !driven_low; }

  std::function<void()> on_give;
  unsigned held = 0;
  bool driven_low = false;
  std::string story;
};

struct Bench {
  chip::Lpi2cRegs regs = {};
  FakeLines lines;
  FakeClock clock;
  drivers::Lpi2c bus{regs, lines, clock};

  Bench() {
    lines.on_give = [this] { regs.MSR = 0; };  // which the driver has cleared
  }

  void SetReceived(std::uint32_t words) { PutReadOnly(regs.MFSR, words << 16); }
};

}  // namespace

TEST_CASE("100 kHz from 24 MHz") {
  Bench bench;
  bench.bus.Start();
  CHECK(bench.regs.MCFGR1.Word() == 1);
  CHECK(bench.regs.MCCR0.Word() == (25u << 24 | 40u << 16 | 55u << 8 | 59u));
  CHECK(bench.regs.MCR.Word() == 1);
}

TEST_CASE("a write sleeps until its STOP and clears the flags") {
  Bench bench;
  bench.clock.on_sleep = [&] { bench.regs.MSR = kSdf; };
  const std::uint8_t data[] = {0x12, 0x80};
  CHECK(bench.bus.Write(0x30, data, 2) == Status::kOk);
  CHECK(bench.regs.MTDR.Word() == 0x200);  // STOP came last
  CHECK(bench.regs.MSR.Word() == 0x7F00);  // written to clear
  CHECK(bench.regs.MIER.Word() == 0);
}

TEST_CASE("a read gives the eight bits of the byte and no flag beside it") {
  Bench bench;
  bench.regs.MRDR = 0x4000 | 0xA5;
  bench.SetReceived(1);
  bench.clock.on_sleep = [&] { bench.regs.MSR = kSdf; };
  std::uint8_t byte = 0;
  CHECK(bench.bus.Read(0x30, byte) == Status::kOk);
  CHECK(byte == 0xA5);
}

TEST_CASE("a read without a byte is a bus error") {
  Bench bench;
  bench.clock.on_sleep = [&] { bench.regs.MSR = kSdf; };
  std::uint8_t byte = 0;
  CHECK(bench.bus.Read(0x30, byte) == Status::kBusError);
}

TEST_CASE("a missing acknowledge is told, and the queue emptied") {
  Bench bench;
  bench.clock.on_sleep = [&] { bench.regs.MSR = kNdf | kSdf; };
  const std::uint8_t data[] = {0x0A};
  CHECK(bench.bus.Write(0x21, data, 1) == Status::kNack);
  CHECK((bench.regs.MCR.Word() & 0x300) == 0x300);
}

TEST_CASE("a lost arbitration is a bus error") {
  Bench bench;
  bench.clock.on_sleep = [&] { bench.regs.MSR = kAlf | kSdf; };
  const std::uint8_t data[] = {0x0A};
  CHECK(bench.bus.Write(0x30, data, 1) == Status::kBusError);
}

TEST_CASE("a device that holds SDA is clocked until it lets go, and the transfer made again") {
  for (const unsigned held : {1u, 5u, 9u}) {
    Bench bench;
    bench.lines.held = held;
    const std::uint8_t data[] = {0x0A};
    bench.clock.on_sleep = [&] { bench.regs.MSR = bench.lines.held == 0 ? kSdf : 0; };
    CHECK(bench.bus.Write(0x30, data, 1) == Status::kOk);
    std::string clocks;
    for (unsigned i = 0; i < held; ++i) {
      clocks += "cC";
    }
    CHECK(bench.lines.story == "take " + clocks + "cdCDgive");
  }
}

TEST_CASE("a read frees the bus too") {
  Bench bench;
  bench.lines.held = 9;
  bench.regs.MRDR = 0xA5;
  bench.SetReceived(1);
  bench.clock.on_sleep = [&] { bench.regs.MSR = bench.lines.held == 0 ? kSdf : 0; };
  std::uint8_t byte = 0;
  CHECK(bench.bus.Read(0x30, byte) == Status::kOk);
  CHECK(byte == 0xA5);
}

TEST_CASE("a bus that nine clocks do not free is given up, within 60 ms") {
  Bench bench;
  bench.lines.held = 100;
  const std::uint8_t data[] = {0x0A};
  const std::uint32_t before = bench.clock.NowMs();
  CHECK(bench.bus.Write(0x30, data, 1) == Status::kTimeout);
  CHECK(bench.clock.NowMs() - before < 60);
  CHECK(bench.lines.story == "take cCcCcCcCcCcCcCcCcCcdCDgive");
}

TEST_CASE("no acknowledge is no reason to touch the lines") {
  Bench bench;
  bench.clock.on_sleep = [&] { bench.regs.MSR = kNdf | kSdf; };
  const std::uint8_t data[] = {0x0A};
  CHECK(bench.bus.Write(0x21, data, 1) == Status::kNack);
  CHECK(bench.lines.story == "");
}

TEST_CASE("a bus that hangs is freed, tried again, given up and started anew") {
  Bench bench;
  bench.regs.MCR = 0;
  const std::uint8_t data[] = {0x0A};
  const std::uint32_t before = bench.clock.NowMs();
  CHECK(bench.bus.Write(0x30, data, 1) == Status::kTimeout);
  CHECK(bench.clock.NowMs() - before < 40);
  CHECK(bench.regs.MCR.Word() == 1);
}

TEST_CASE("the interrupt only wakes") {
  Bench bench;
  bench.regs.MIER = kSdf;
  bench.regs.MSR = kSdf;
  bench.bus.OnInterrupt();
  CHECK(bench.regs.MIER.Word() == 0);
  CHECK(bench.regs.MSR.Word() == kSdf);
}
