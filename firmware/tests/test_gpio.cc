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

TEST_CASE("an open drain pulls low by its direction, whatever DR showed of its pad") {
  chip::GpioRegs regs = {};
  drivers::OpenDrainPin pin(regs, 16);
  regs.DR = 1u << 16 | 1u << 9;
  regs.GDIR = 1u << 9;
  pin.Set(false);
  CHECK(regs.DR == 1u << 9);
  CHECK(regs.GDIR == (1u << 16 | 1u << 9));
  pin.Set(true);
  CHECK(regs.DR == 1u << 9);
  CHECK(regs.GDIR == 1u << 9);
}
