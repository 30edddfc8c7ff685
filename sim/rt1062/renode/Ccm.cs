// Clock roots of the serial blocks (i.MX RT1060 reference manual, chapter 14, figure Clock Tree), for
// Renode 1.16.1. C# 7. Own because Renode has no model of the CCM. The registers are storage; a PLL has
// locked as soon as it has power. Core, SysTick and timers do not follow the tree. CLPCR.LPM stops nothing
// here: what the core spends in each mode is counted, no more.

using System.Globalization;
using System.Linq;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.CPU;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// `analog` holds the PLLs. A frequency of 0 means that the clock stands still.
    public class Ccm : RegisterFile
    {
        /// The limits are what the manual allows, in Hz.
        public Ccm(IMachine machine, long size, RegisterFile analog, ulong lpuartLimit, ulong lpspiLimit, ulong lpi2cLimit) : base(machine, size)
        {
            this.machine = machine;
            this.analog = analog;
            this.lpuartLimit = lpuartLimit;
            this.lpspiLimit = lpspiLimit;
            this.lpi2cLimit = lpi2cLimit;
            diagnoses = new Diagnoses(machine, this, "CCM");
        }

        public ulong LpuartHz
        {
            get { return Judged("LPUART", (Bits(CSCDR1, 6, 1) != 0 ? Crystal : Pll3 / 6) / (Bits(CSCDR1, 0, 6) + 1), lpuartLimit); }
        }

        public ulong Lpi2cHz
        {
            get { return Judged("LPI2C", (Bits(CSCDR2, 18, 1) != 0 ? Crystal : Pll3 / 8) / (Bits(CSCDR2, 19, 6) + 1), lpi2cLimit); }
        }

        public ulong LpspiHz
        {
            get { return Judged("LPSPI", LpspiRoot, lpspiLimit); }
        }

        private ulong LpspiRoot
        {
            get
            {
                var divider = Bits(CBCMR, 26, 3) + 1;
                switch(Bits(CBCMR, 4, 2))
                {
                case 0: return Fraction(Pll3, PFD_480, 1) / divider;
                case 1: return Fraction(Pll3, PFD_480, 0) / divider;
                case 2: return Pll2 / divider;
                default: return Fraction(Pll2, PFD_528, 2) / divider;
                }
            }
        }

        /// Of each mode in CLPCR.LPM, with commas between them, "TIME EXECUTED SKIPPED" since power on:
        /// nanoseconds, and instructions that the core executed and skipped meanwhile (it polled). What is
        /// left of the time it slept.
        public string CoreTimes
        {
            get
            {
                Settle();
                return string.Join(",", spent.Select(one => string.Join(" ", one)));
            }
        }

        public override void WriteDoubleWord(long offset, uint value)
        {
            if(offset == CLPCR) { Settle(); }
            base.WriteDoubleWord(offset, value);
        }

        public override void Reset()
        {
            Settle();
            base.Reset();
        }

        // Adds what has passed since the last call to the mode that held until now.
        private void Settle()
        {
            var core = machine.GetPeripheralsOfType<BaseCPU>().FirstOrDefault();
            if(core == null) { return; }
            var now = new[] { VirtualTime.Now(machine), core.ExecutedInstructions, core.SkippedInstructions };
            var mode = spent[Bits(CLPCR, 0, 2)];
            for(var i = 0; i < now.Length; i++)
            {
                mode[i] += now[i] - settled[i];
                settled[i] = now[i];
            }
        }

        // Told when a block asks: start-ups choose their sources first, and set dividers afterwards.
        private ulong Judged(string root, ulong hz, ulong limit)
        {
            if(hz > limit)
            {
                diagnoses.Tell(string.Format(CultureInfo.InvariantCulture, "{0}_CLK_ROOT runs at {1:G6} MHz, the manual allows {2:G6} MHz",
                    root, hz / 1e6, limit / 1e6));
            }
            return hz;
        }

        private ulong Pll3
        {
            get { return Pll(PLL_USB1, PoweredUp, Crystal * ((Analog(PLL_USB1) & 2) != 0 ? 22u : 20u)); }
        }

        private ulong Pll2
        {
            get
            {
                ulong denominator = Analog(PLL_SYS_DENOM);
                var fraction = denominator == 0 ? 0 : Crystal * Analog(PLL_SYS_NUM) / denominator;
                return Pll(PLL_SYS, 0, Crystal * ((Analog(PLL_SYS) & 1) != 0 ? 22u : 20u) + fraction);
            }
        }

        // The bit 12 is POWERDOWN in most PLLs, and POWER in those of the USB.
        private ulong Pll(long register, uint powered, ulong locked)
        {
            var value = Analog(register);
            if((value & Output) == 0) { return 0; }
            if((value & Bypass) != 0) { return (value >> 14 & 3) == 0 ? Crystal : 0; }
            return (value & Power) == powered ? locked : 0;
        }

        private ulong Fraction(ulong pll, long register, int index)
        {
            var field = Analog(register) >> 8 * index;
            return (field & 0x80) != 0 || (field & 0x3F) == 0 ? 0 : pll * 18 / (field & 0x3F);
        }

        private uint Bits(long register, int lowest, int width)
        {
            return ReadDoubleWord(register) >> lowest & ((1u << width) - 1);
        }

        private uint Analog(long register)
        {
            return analog.ReadDoubleWord(register);
        }

        private readonly IMachine machine;
        private readonly ulong[][] spent = { new ulong[3], new ulong[3], new ulong[3], new ulong[3] };
        private readonly ulong[] settled = new ulong[3];
        private readonly RegisterFile analog;
        private readonly ulong lpuartLimit, lpspiLimit, lpi2cLimit;
        private readonly Diagnoses diagnoses;

        private const ulong Crystal = 24000000;
        private const long CBCMR = 0x18, CSCDR1 = 0x24, CSCDR2 = 0x38, CLPCR = 0x54;
        private const long PLL_USB1 = 0x10, PLL_SYS = 0x30, PLL_SYS_NUM = 0x50, PLL_SYS_DENOM = 0x60, PFD_480 = 0xF0, PFD_528 = 0x100;
        private const uint Power = 1 << 12, PoweredUp = Power, Output = 1 << 13, Bypass = 1 << 16;
    }
}
