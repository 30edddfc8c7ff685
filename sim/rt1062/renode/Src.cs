// System Reset Controller (i.MX RT1060 reference manual, chapter SRC), for Renode 1.16.1. C# 7.

using System.Collections.Generic;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// Inputs: 0 WDOG1, 1 WDOG2, 2 RTWDOG; a rising one resets the machine,
    /// unless SCR masks it. SRSR adds the causes up
    /// until firmware clears them; a reset that nobody announced came from the core (SYSRESETREQ).
    public class Src : IDoubleWordPeripheral, IKnownSize, IGPIOReceiver
    {
        public Src(IMachine machine)
        {
            this.machine = machine;
        }

        public long Size { get { return 0x4000; } }

        /// Says that the reset to come is that of the reset pin.
        public void PullResetPin()
        {
            announced |= UserReset;
        }

        /// Resets since power on, "TIME CAUSE" each, with commas between them: microseconds, bits of SRSR.
        public string Resets { get { return string.Join(",", resets); } }

        public void Reset()
        {
            var cause = announced != 0 ? announced : SystemReset;
            causes |= cause;
            resets.Add(TapExtensions.Microseconds(machine.ElapsedVirtualTime.TimeElapsed.TotalNanoseconds) + " " + cause);
            announced = 0;
            control = ControlAfterReset;
        }

        public void OnGPIO(int number, bool value)
        {
            if(!value || (control >> (number == 2 ? 28 : 7) & 0xF) == Masked) { return; }
            announced |= number == 2 ? Watchdog3 : Watchdog;
            machine.RequestReset();
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case SCR: return control;
            case SBMR1: return 0;
            case SRSR: return causes;
            case SBMR2: return InternalBoot;
            default:
                if(offset >= GPR1 && offset <= GPR10) { return general[(offset - GPR1) / 4]; }
                this.LogUnhandledRead(offset);
                return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case SCR:
                control = value & ~(CoreReset | DebugReset);
                if((value & CoreReset) != 0) { machine.RequestReset(); }
                break;
            case SRSR: causes &= ~value; break;
            case SBMR1: case SBMR2: break;
            default:
                if(offset >= GPR1 && offset <= GPR10) { general[(offset - GPR1) / 4] = value; }
                else { this.LogUnhandledWrite(offset, value); }
                break;
            }
        }

        private uint control = ControlAfterReset, causes = PowerOn, announced;
        private readonly List<string> resets = new List<string>();
        private readonly uint[] general = new uint[10];
        private readonly IMachine machine;

        private const long SCR = 0x00, SBMR1 = 0x04, SRSR = 0x08, SBMR2 = 0x1C, GPR1 = 0x20, GPR10 = 0x44;
        private const uint PowerOn = 1 << 0, SystemReset = 1 << 1, UserReset = 1 << 3, Watchdog = 1 << 4, Watchdog3 = 1 << 7;
        private const uint ControlAfterReset = 0xA0480520, InternalBoot = 0x02000000, CoreReset = 1 << 13, DebugReset = 1 << 17, Masked = 5;
    }
}
