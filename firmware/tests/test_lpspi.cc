#include "drivers/lpspi.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace {

constexpr std::uint32_t kSixteenReceived = 16u << 16;

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

TEST_CASE("bytes are exchanged when the FIFO has them") {
  chip::LpspiRegs regs = {};
  drivers::Lpspi spi(regs);
  regs.FSR = kSixteenReceived;
  regs.RDR = 0xA5;
  const std::vector<std::uint8_t> send = {1, 2, 3, 4, 5};
  std::vector<std::uint8_t> receive(5);
  CHECK(spi.Transfer(send.data(), receive.data(), send.size()) == Status::kOk);
  CHECK(regs.TDR == 5);
  CHECK(receive == std::vector<std::uint8_t>(5, 0xA5));
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
  SUBCASE("nothing is received") { regs.FSR = 3u << 16; }
  SUBCASE("the block stays busy") {
    regs.FSR = kSixteenReceived;
    regs.SR = 1u << 24;
  }
  CHECK(spi.Transfer(nullptr, receive, sizeof receive) == Status::kTimeout);
  CHECK(regs.CR.Word() == 0x301);
}
