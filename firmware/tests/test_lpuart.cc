#include "drivers/lpuart.hpp"

#include <doctest/doctest.h>

#include <string>

#include "fakes.hpp"

namespace {

constexpr std::uint32_t kTdre = 1u << 23;
constexpr std::uint32_t kTc = 1u << 22;
constexpr std::uint32_t kRdrf = 1u << 21;
constexpr std::uint32_t kTie = 1u << 23;

struct Bench {
  chip::LpuartRegs regs = {};
  FakeClock clock;
  drivers::Lpuart uart{regs, clock};

  /// One interrupt with this byte in the receive FIFO. The flag cannot fall in RAM, so the handler
  /// takes the byte four times: as many as the FIFO holds.
  void ReceiveFour(std::uint8_t byte) {
    regs.STAT = kRdrf;
    regs.DATA = byte;
    uart.OnInterrupt();
    regs.STAT = 0;
  }
};

}  // namespace

TEST_CASE("115200 baud from 24 MHz") {
  Bench bench;
  bench.uart.Start(24'000'000, 115'200);
  CHECK(bench.regs.BAUD.Word() == (15u << 24 | 13u));
  CHECK(bench.regs.CTRL.Word() == (1u << 19 | 1u << 18 | 1u << 21));
  CHECK((bench.regs.FIFO.Word() & 0x88) == 0x88);
}

TEST_CASE("received bytes are read in order") {
  Bench bench;
  bench.ReceiveFour('a');
  bench.ReceiveFour('b');
  std::uint16_t byte = 0;
  std::string text;
  while (bench.uart.Read(byte)) {
    text += static_cast<char>(byte);
  }
  CHECK(text == "aaaabbbb");
}

TEST_CASE("what does not fit the ring is dropped up to a line's end, and marked once") {
  Bench bench;
  for (int i = 0; i < 300; ++i) {
    bench.ReceiveFour('x');
  }
  std::uint16_t byte = 0;
  unsigned bytes = 0;
  while (bench.uart.Read(byte) && byte != drivers::Lpuart::kOverflow) {
    ++bytes;
  }
  CHECK(bytes == 1023);
  CHECK(byte == drivers::Lpuart::kOverflow);
  CHECK_FALSE(bench.uart.Read(byte));

  bench.ReceiveFour('y');  // the rest of the broken line
  CHECK_FALSE(bench.uart.Read(byte));
  bench.ReceiveFour('\n');  // its end; the three further ones are empty lines
  bench.ReceiveFour('z');
  REQUIRE(bench.uart.Read(byte));
  while (byte == '\n') {
    REQUIRE(bench.uart.Read(byte));
  }
  CHECK(byte == 'z');
}

TEST_CASE("a line behind a broken one is whole, even if the ring was full at the break's end") {
  Bench bench;
  for (int i = 0; i < 300; ++i) {
    bench.ReceiveFour('x');
  }
  bench.ReceiveFour('\n');
  std::uint16_t byte = 0;
  while (bench.uart.Read(byte)) {
  }
  bench.ReceiveFour('z');
  for (int i = 0; i < 4; ++i) {
    REQUIRE(bench.uart.Read(byte));
    CHECK(byte == 'z');
  }
}

TEST_CASE("writing queues and asks for the interrupt, which sends") {
  Bench bench;
  CHECK(bench.uart.Write("hello", 5) == Status::kOk);
  CHECK((bench.regs.CTRL.Word() & kTie) != 0);
  bench.regs.STAT = kTdre;
  bench.uart.OnInterrupt();
  CHECK(bench.regs.DATA == 'l');  // four at a time, as the FIFO was empty
  CHECK((bench.regs.CTRL.Word() & kTie) != 0);
  bench.uart.OnInterrupt();
  CHECK(bench.regs.DATA == 'o');
  CHECK((bench.regs.CTRL.Word() & kTie) == 0);
}

TEST_CASE("a full ring makes the writer sleep, and is given up after a second") {
  Bench bench;
  const std::string text(3000, 'a');
  SUBCASE("the line moves") {
    bench.clock.on_sleep = [&] {
      bench.regs.STAT = kTdre;
      bench.uart.OnInterrupt();
    };
    CHECK(bench.uart.Write(text.data(), text.size()) == Status::kOk);
  }
  SUBCASE("the line stands") {
    const std::uint32_t before = bench.clock.NowMs();
    CHECK(bench.uart.Write(text.data(), text.size()) == Status::kTimeout);
    CHECK(bench.clock.NowMs() - before == 1001);
  }
}

TEST_CASE("flushing waits until the last bit is out") {
  Bench bench;
  CHECK(bench.uart.Write("ok", 2) == Status::kOk);
  bench.clock.on_sleep = [&] {
    bench.regs.STAT = kTdre;
    bench.uart.OnInterrupt();
    bench.regs.STAT = kTdre | kTc;
  };
  CHECK(bench.uart.Flush() == Status::kOk);
  bench.clock.on_sleep = nullptr;
  bench.regs.STAT = 0;
  CHECK(bench.uart.Flush() == Status::kTimeout);
}

TEST_CASE("the fault handler's way out ends even where nothing moves") {
  Bench bench;
  CHECK(bench.uart.Write("queued,", 7) == Status::kOk);
  bench.uart.WritePolled("x", 1);
  CHECK(bench.regs.DATA == 'x');
  CHECK(bench.regs.CTRL.Word() == 1u << 19);
}

namespace {

/// What leaves while the line moves, four bytes an interrupt at most.
std::string Drain(Bench& bench, unsigned interrupts) {
  // RAM keeps the last byte of an interrupt only, so each byte gets one: the FIFO of one word.
  std::string sent;
  for (unsigned i = 0; i < interrupts && (bench.regs.CTRL.Word() & kTie) != 0; ++i) {
    bench.regs.STAT = kTdre;
    bench.regs.DATA = 0xFFFF;
    bench.uart.OnInterrupt();
    if (bench.regs.DATA != 0xFFFF) {
      sent += static_cast<char>(bench.regs.DATA);
    }
  }
  return sent;
}

drivers::Lpuart::Block BlockOf(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string Repeated(const std::string& text) {
  std::string four;
  for (const char c : text) {
    four += std::string(4, c);
  }
  return four;
}

}  // namespace

TEST_CASE("a block goes out between two lines, whole") {
  Bench bench;
  const std::string text = Repeated("<block>\n");
  const drivers::Lpuart::Block block = BlockOf(text);
  CHECK(bench.uart.Write(Repeated("be").data(), 8) == Status::kOk);
  CHECK(bench.uart.SendBlock(block));
  CHECK(bench.uart.Sends(block));
  CHECK(Drain(bench, 10) == "be");  // the line has not ended, so the block waits
  CHECK(bench.uart.Write(Repeated("fore\n").data(), 20) == Status::kOk);
  CHECK(Drain(bench, 7) == "fore\n<b");
  CHECK(bench.uart.Write(Repeated("behind\n").data(), 28) == Status::kOk);
  CHECK(bench.uart.Sends(block));
  CHECK(Drain(bench, 6) == "lock>\n");
  CHECK(!bench.uart.Sends(block));
  CHECK(Drain(bench, 100) == "behind\n");
}

TEST_CASE("two blocks can be queued, and no third") {
  Bench bench;
  const std::string texts[] = {Repeated("1\n"), Repeated("2\n"), Repeated("3\n")};
  const drivers::Lpuart::Block blocks[] = {BlockOf(texts[0]), BlockOf(texts[1]), BlockOf(texts[2])};
  CHECK(bench.uart.SendBlock(blocks[0]));
  CHECK(bench.uart.HasRoomForBlock());
  CHECK(bench.uart.SendBlock(blocks[1]));
  CHECK(!bench.uart.HasRoomForBlock());
  CHECK(!bench.uart.SendBlock(blocks[2]));
  CHECK(!bench.uart.Sends(blocks[2]));
  CHECK(Drain(bench, 2) == "1\n");
  CHECK(bench.uart.SendBlock(blocks[2]));
  CHECK(Drain(bench, 100) == "2\n3\n");
}

TEST_CASE("what a fault says is a line of its own, even in the middle of a block") {
  Bench bench;
  const std::string text = Repeated("<block>\n");
  const drivers::Lpuart::Block block = BlockOf(text);
  CHECK(bench.uart.SendBlock(block));
  CHECK(Drain(bench, 2) == "<b");
  bench.regs.STAT = kTdre | kTc;
  bench.uart.WritePolled("", 0);
  CHECK(bench.regs.DATA == '\n');
}

TEST_CASE("another rate, and all else as it was") {
  Bench bench;
  bench.uart.Start(24'000'000, 115'200);
  const std::uint32_t before = bench.regs.CTRL.Word();
  bench.uart.SetBaud(24'000'000, 3'000'000);
  CHECK(bench.regs.BAUD.Word() == (7u << 24 | 1u));
  CHECK(bench.regs.CTRL.Word() == before);
}

TEST_CASE("a line that moves is waited for as long as it takes") {
  Bench bench;
  const std::string text(16'000, '\n');
  const drivers::Lpuart::Block block = BlockOf(text);
  CHECK(bench.uart.SendBlock(block));
  const std::uint32_t before = bench.clock.NowMs();
  bench.clock.on_sleep = [&] {
    bench.regs.STAT = kTdre;
    bench.uart.OnInterrupt();
    bench.regs.STAT = kTdre | kTc;
  };
  CHECK(bench.uart.Flush() == Status::kOk);
  CHECK(bench.clock.NowMs() - before > 3000);
}
