/// \file
/// The blocks of this chip as objects; the linker places them (chip/peripherals.ld), so that no
/// code casts an address and constant initialisation holds.
#pragma once

#include "chip/ccm.hpp"
#include "chip/core.hpp"
#include "chip/gpc.hpp"
#include "chip/gpio.hpp"
#include "chip/gpt.hpp"
#include "chip/iomuxc.hpp"
#include "chip/lpi2c.hpp"
#include "chip/lpspi.hpp"
#include "chip/lpuart.hpp"
#include "chip/reset_and_identity.hpp"
#include "chip/semc.hpp"
#include "chip/wdog.hpp"

extern "C" {
extern chip::CcmRegs CCM;
extern chip::CcmAnalogRegs CCM_ANALOG;
extern chip::DcdcRegs DCDC;
extern chip::IomuxcRegs IOMUXC;
extern chip::IomuxcGprRegs IOMUXC_GPR;
extern chip::WdogRegs WDOG1;
extern chip::WdogRegs WDOG2;
extern chip::RtwdogRegs RTWDOG;
extern chip::GpcRegs GPC;
extern chip::SrcRegs SRC;
extern chip::SnvsRegs SNVS;
extern chip::OcotpRegs OCOTP;
extern chip::LpuartRegs LPUART1;
extern chip::GptRegs GPT1;
extern chip::GpioRegs GPIO1;
extern chip::GpioRegs GPIO3;
extern chip::LpspiRegs LPSPI1;
extern chip::Lpi2cRegs LPI2C1;
extern chip::SemcRegs SEMC;
extern chip::SystickRegs SYSTICK;
extern chip::NvicRegs NVIC;
extern chip::ScbRegs SCB;
extern chip::MpuRegs MPU;
extern chip::CacheRegs CACHE;
extern chip::DwtRegs DWT;
extern chip::DebugRegs DEBUG;
}
