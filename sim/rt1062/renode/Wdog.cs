// WDOG1 and WDOG2 (i.MX RT1060 reference manual, chapter Watchdog Timer), for Renode 1.16.1. C# 7.
// Own because Renode has none: the Python ticker that its i.MX platforms have in this place never bites.
// The power-down counter (WMCR.PDE) is stopped by the boot ROM: firmware finds PDE clear. The 32 kHz
// clock sees the software reset: a zero of SRS that a one overwrites at once has no effect.

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// (WT + 1) half seconds, served by 0x5555 then 0xAAAA; `Timeout` rises to reset the chip.
    public class Wdog : IWordPeripheral, IKnownSize
    {
        public Wdog(IMachine machine)
        {
            this.machine = machine;
            IRQ = new GPIO();
            Timeout = new GPIO();
            bite = new Alarm(machine, () => Bite(CauseTimeout));
            softwareReset = new Alarm(machine, () => Bite(CauseSoftware));
            warning = new Alarm(machine, Warn);
        }

        public long Size { get { return 0x4000; } }

        public GPIO IRQ { get; private set; }

        public GPIO Timeout { get; private set; }

        public void Reset()
        {
            control = ControlAfterReset;
            interruptControl = InterruptControlAfterReset;
            service = 0;
            controlWritten = interruptControlWritten = warned = false;
            bite.Cancel();
            softwareReset.Cancel();
            warning.Cancel();
            IRQ.Set(false);
            Timeout.Set(false);
        }

        public ushort ReadWord(long offset)
        {
            switch(offset)
            {
            case WCR: return control;
            case WSR: return service;
            case WRSR: return cause;
            case WICR: return (ushort)(interruptControl | (warned ? InterruptStatus : 0));
            case WMCR: return 0;
            default: this.LogUnhandledRead(offset); return 0;
            }
        }

        public void WriteWord(long offset, ushort value)
        {
            switch(offset)
            {
            case WCR: WriteControl(value); break;
            case WSR:
                if(value == ServiceSecond && service == ServiceFirst) { Restart(); }
                service = value;
                break;
            case WICR:
                if((value & InterruptStatus) != 0)
                {
                    warned = false;
                    IRQ.Set(false);
                }
                if(interruptControlWritten) { break; }
                interruptControlWritten = true;
                interruptControl = (ushort)(value & 0x80FF);
                Restart();
                break;
            case WRSR: case WMCR: break;
            default: this.LogUnhandledWrite(offset, value); break;
            }
        }

        private void Bite(ushort why)
        {
            cause = why;
            Timeout.Set(true);
        }

        private void Warn()
        {
            warned = true;
            IRQ.Set(true);
        }

        // WDE can be set but never cleared; SRS reads as one whatever was written.
        private void WriteControl(ushort value)
        {
            var once = controlWritten ? WrittenOnce : 0;
            var old = control;
            control = (ushort)((value & ~once) | (old & once) | (old & Enable) | NoSoftwareReset);
            controlWritten = true;
            softwareReset.Cancel();
            if((value & NoSoftwareReset) == 0) { softwareReset.Set(VirtualTime.Now(machine) + SlowClock); }
            if((control & ~old & Enable) != 0) { Restart(); }
        }

        // Loads the time-out anew; the warning comes WICT half seconds before the bite.
        private void Restart()
        {
            if((control & Enable) == 0) { return; }
            var halfSeconds = (control >> 8) + 1;
            var now = VirtualTime.Now(machine);
            bite.Set(now + (ulong)halfSeconds * HalfSecond);
            warning.Cancel();
            var before = halfSeconds - (interruptControl & 0xFF);
            if((interruptControl & InterruptEnable) != 0 && before > 0) { warning.Set(now + (ulong)before * HalfSecond); }
        }

        private ushort control = ControlAfterReset, interruptControl = InterruptControlAfterReset, service, cause = CausePowerOn;
        private bool controlWritten, interruptControlWritten, warned;
        private readonly IMachine machine;
        private readonly Alarm bite, softwareReset, warning;

        private const long WCR = 0x0, WSR = 0x2, WRSR = 0x4, WICR = 0x6, WMCR = 0x8;
        private const ushort ControlAfterReset = 0x0030, InterruptControlAfterReset = 0x0004;
        private const int Enable = 1 << 2, NoSoftwareReset = 1 << 4, WrittenOnce = 0x00CB;
        private const int InterruptStatus = 1 << 14, InterruptEnable = 1 << 15;
        private const ulong HalfSecond = 500000000, SlowClock = 1000000000 / 32768; // nanoseconds
        private const ushort ServiceFirst = 0x5555, ServiceSecond = 0xAAAA;
        private const ushort CauseSoftware = 1 << 0, CauseTimeout = 1 << 1, CausePowerOn = 1 << 4;
    }
}
