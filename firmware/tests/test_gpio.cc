#include "drivers/gpio.hpp"

#include <doctest/doctest.h>

TEST_CASE("a pin changes its own bit and no other") {
  chip::GpioRegs regs = {};
  regs.DR = 0x8000'0001;
  regs.GDIR = 0x1;
  drivers::OutputPin pin(regs, 9);
  pin.Start(true);
  CHECK(regs.DR == 0x8000'0201);
  CHECK(regs.GDIR == 0x201);
  pin.Set(false);
  CHECK(regs.DR == 0x8000'0001);
  pin.Set(true);
  CHECK(regs.DR == 0x8000'0201);
}
