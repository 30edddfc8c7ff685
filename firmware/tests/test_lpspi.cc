#include "drivers/lpspi.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace {

constexpr std::uint32_t kSixteenReceived = 16u << 16;
constexpr std::uint32_t kRdf = 1u << 1;
constexpr std::uint32_t kMbf = 1u << 24;
constexpr std::uint32_t kBytes = 7;               // TCR
constexpr std::uint32_t kWords = 31u | 1u << 22;  // with BYSW

}  // namespace

TEST_CASE("the divider never exceeds the limit") {
  CHECK(drivers::ClockDivider(105'600'000, 8'000'000) == 12);  // 7.54 MHz
  CHECK(drivers::ClockDivider(240'000'000, 8'000'000) == 28);  // 8 MHz exactly
  CHECK(drivers::ClockDivider(8'000'000, 8'000'000) == 0);     // 4 MHz, the divider's least
  CHECK(drivers::ClockDivider(528'000'000, 1'000) == 255);
}

TEST_CASE("the block is set up as a master with 8-bit frames in mode 0") {
  chip::LpspiRegs regs = {};
  drivers::Lpspi spi(regs);
  spi.Start(105'600'000, 8'000'000);
  CHECK(regs.CFGR1.Word() == 3);
  CHECK((regs.CCR.Word() & 0xFF) == 12);
  CHECK(regs.CR.Word() == 1);
  CHECK(regs.TCR.Word() == 7);
}

TEST_CASE("bytes go in words, the lowest address first, and what is left in bytes") {
  chip::LpspiRegs regs = {};
  drivers::Lpspi spi(regs);
  regs.FSR = kSixteenReceived;
  regs.RDR = 0x44332211;
  const std::vector<std::uint8_t> send = {1, 2, 3, 4, 5};
  std::vector<std::uint8_t> receive(5);
  SUBCASE("a word") {
    CHECK(spi.Transfer(send.data(), receive.data(), 4) == Status::kOk);
    CHECK(regs.TDR == 0x04030201);
    CHECK(regs.TCR.Word() == kWords);
    CHECK(receive == std::vector<std::uint8_t>{0x11, 0x22, 0x33, 0x44, 0});
  }
  SUBCASE("a word and a byte") {
    CHECK(spi.Transfer(send.data(), receive.data(), 5) == Status::kOk);
    CHECK(regs.TDR == 5);
    CHECK(regs.TCR.Word() == kBytes);
    CHECK(receive == std::vector<std::uint8_t>{0x11, 0x22, 0x33, 0x44, 0x11});
  }
  SUBCASE("fewer bytes than a word") {
    CHECK(spi.Transfer(send.data(), receive.data(), 3) == Status::kOk);
    CHECK(regs.TDR == 3);
    CHECK(regs.TCR.Word() == kBytes);
    CHECK(receive == std::vector<std::uint8_t>{0x11, 0x11, 0x11, 0, 0});
  }
}

TEST_CASE("TCR is written where the size of the frames changes") {
  chip::LpspiRegs regs = {};
  drivers::Lpspi spi(regs);
  spi.Start(105'600'000, 8'000'000);
  regs.FSR = kSixteenReceived;
  std::uint8_t receive[4] = {};
  regs.TCR = 0;
  CHECK(spi.Transfer(nullptr, receive, 2) == Status::kOk);
  CHECK(regs.TCR.Word() == 0);
  CHECK(spi.Transfer(nullptr, receive, 4) == Status::kOk);
  CHECK(regs.TCR.Word() == kWords);
}

TEST_CASE("half a FIFO of words is taken while the block is busy, the end is not before it is") {
  chip::LpspiRegs regs = {};
  drivers::Lpspi spi(regs);
  regs.FSR = 8u << 16;
  regs.RDR = 0xA5A5A5A5;
  regs.SR = kMbf | kRdf;
  std::vector<std::uint8_t> receive(4 * 40);
  CHECK(spi.Transfer(nullptr, receive.data(), receive.size()) == Status::kTimeout);
  CHECK(receive == std::vector<std::uint8_t>(4 * 40, 0xA5));
  regs.SR = 0;
  CHECK(spi.Transfer(nullptr, receive.data(), receive.size()) == Status::kOk);
}

TEST_CASE("zeros go out where nothing is to be sent") {
  chip::LpspiRegs regs = {};
  drivers::Lpspi spi(regs);
  regs.FSR = kSixteenReceived;
  regs.TDR = 0xFF;
  std::vector<std::uint8_t> receive(40);
  CHECK(spi.Transfer(nullptr, receive.data(), receive.size()) == Status::kOk);
  CHECK(regs.TDR == 0);
}

TEST_CASE("a transfer that does not end is given up and the FIFOs emptied") {
  chip::LpspiRegs regs = {};
  drivers::Lpspi spi(regs);
  std::uint8_t receive[4] = {};
  SUBCASE("nothing is received") { regs.FSR = 0; }
  SUBCASE("the block stays busy") {
    regs.FSR = kSixteenReceived;
    regs.SR = kMbf;
  }
  CHECK(spi.Transfer(nullptr, receive, sizeof receive) == Status::kTimeout);
  CHECK(regs.CR.Word() == 0x301);
  // The command may have been lost with what else was in the FIFO.
  regs.FSR = kSixteenReceived;
  regs.SR = 0;
  regs.TCR = 0;
  CHECK(spi.Transfer(nullptr, receive, sizeof receive) == Status::kOk);
  CHECK(regs.TCR.Word() == kWords);
}
