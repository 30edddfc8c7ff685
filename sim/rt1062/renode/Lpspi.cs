// Low Power SPI, master (i.MX RT1060 reference manual, chapter 48; module version 1.0), for Renode 1.16.1. C# 7.
// Own because a transfer takes no time in the stock IMXRT_LPSPI: its FIFO never fills and MBF is never seen;
// besides it sends the low byte of a longer frame first and warns of watermarks above 3.
// A word takes its time on the wire. What is through is looked at when somebody looks, or by an alarm
// where an interrupt is enabled. There is no data match.

using System;
using System.Collections.Generic;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.SPI;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// A device whose chip select is a pin of its own: it calls `CatchUp` of its bus before that moves.
    public interface ISelectedByPin
    {
        Lpspi Bus { get; set; }

        /// Whether it listens. It takes SPI mode 0, bit 7 first.
        bool Selected { get; }

        /// The fastest SCK that it takes.
        uint MaxHz { get; }
    }

    /// Devices are registered by the number of their PCS; one with a chip select of its own is number 0.
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class Lpspi : SimpleContainer<ISPIPeripheral>, IDoubleWordPeripheral, IKnownSize
    {
        /// `block` is the chip's name for it, as LPSPI1.
        public Lpspi(IMachine machine, Ccm ccm, Iomuxc iomuxc, string block, int fifoSize = 16) : base(machine)
        {
            this.fifoSize = fifoSize;
            IRQ = new GPIO();
            wire = new LpspiWire(iomuxc, block, new Diagnoses(machine, this, block));
            shifter = new LpspiShifter(() => ccm.LpspiHz, Device, wire.Transmit, fifoSize);
            wire.Shifter = shifter;
            alarm = new Alarm(machine, Look);
            SetDefaults();
        }

        public long Size { get { return 0x4000; } }

        public GPIO IRQ { get; private set; }

        public override void Reset()
        {
            SetDefaults();
            UpdateInterrupt();
        }

        public override void Register(ISPIPeripheral peripheral, NumberRegistrationPoint<int> registrationPoint)
        {
            base.Register(peripheral, registrationPoint);
            var selected = peripheral as ISelectedByPin;
            if(selected != null) { selected.Bus = this; }
        }

        /// Brings the block up to the present.
        public void CatchUp()
        {
            if(shifter.Due == VirtualTime.Never) { return; }
            var now = VirtualTime.Now(machine);
            if(shifter.Due > now) { return; }
            shifter.Run(now);
            polling.News();
            UpdateInterrupt();
        }

        public uint ReadDoubleWord(long offset)
        {
            CatchUp();
            switch(offset)
            {
            case VERID: return 0x01000004;
            case PARAM: return 0x00040000 | Logarithm(fifoSize) << 8 | Logarithm(fifoSize);
            case CR: return values[CR] | (shifter.Busy ? Enable : 0); // stays until the transfer is over
            case SR: return Polled(SR, Status);
            case FSR: return Polled(FSR, (uint)shifter.Transmit.Count | (uint)shifter.Receive.Count << 16);
            case RSR: return Polled(RSR, shifter.Receive.Count == 0 ? 2u : (uint)(shifter.Receive.Peek() >> 32));
            case TCR: return shifter.Command;
            case RDR: return Pop();
            case TDR: return 0;
            default:
                if(!Masks.ContainsKey(offset)) { this.LogUnhandledRead(offset); return 0; }
                return values[offset];
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            CatchUp();
            polling.News();
            switch(offset)
            {
            case TDR: Push(value); break;
            case TCR: Push(value & CommandBits | LpspiShifter.CommandMark); break;
            case SR: shifter.Flags &= ~value; break;
            case CR: Control(value); break;
            case VERID: case PARAM: case FSR: case RSR: case RDR: return;
            default:
                uint mask;
                if(!Masks.TryGetValue(offset, out mask)) { this.LogUnhandledWrite(offset, value); return; }
                values[offset] = value & mask;
                SetTiming();
                break;
            }
            GoOn();
        }

        private void Control(uint value)
        {
            if((value & ResetAll) != 0) { SetDefaults(); }
            if((value & ResetTransmit) != 0) { shifter.Transmit.Clear(); }
            if((value & ResetReceive) != 0) { shifter.Receive.Clear(); }
            values[CR] = value & Masks[CR];
            SetTiming();
        }

        private void SetDefaults()
        {
            foreach(var offset in Masks.Keys) { values[offset] = 0; }
            alarm.Cancel();
            shifter.Reset();
            lastReceived = 0;
            polling.News();
        }

        private void SetTiming()
        {
            shifter.Ccr = values[CCR];
            shifter.Cfgr1 = values[CFGR1];
            shifter.Running = (values[CR] & Enable) != 0 && (values[CFGR1] & Master) != 0;
            shifter.ForgetTiming();
            if(!shifter.Running) { shifter.Stop(VirtualTime.Now(machine)); }
        }

        // What becomes of a write to a full FIFO the manual does not say: it is lost.
        private void Push(ulong entry)
        {
            if(shifter.Transmit.Count < fifoSize) { shifter.Transmit.Enqueue(entry); }
        }

        private uint Pop()
        {
            if(shifter.Receive.Count == 0) { return lastReceived; }
            lastReceived = (uint)shifter.Receive.Dequeue();
            polling.News();
            if(shifter.Transmit.Count > 0 || values[IER] != 0) { GoOn(); } // there is room again
            return lastReceived;
        }

        private ISPIPeripheral Device(int number)
        {
            ISPIPeripheral found;
            return TryGetByAddress(number, out found) ? found : null;
        }

        private uint Status
        {
            get
            {
                return shifter.Flags | (shifter.Transmit.Count <= (values[FCR] & 0xF) ? TransmitData : 0)
                    | (shifter.Receive.Count > values[FCR] >> 16 ? ReceiveData : 0) | (shifter.Busy ? Busy : 0);
            }
        }

        // Something came that the shifter may have waited for.
        private void GoOn()
        {
            if(shifter.Transmit.Count > 0 && !shifter.Shifting) { shifter.Take(VirtualTime.Now(machine)); }
            UpdateInterrupt();
        }

        private void Look()
        {
            CatchUp();
            UpdateInterrupt();
        }

        // With an interrupt enabled somebody waits without looking.
        private void UpdateInterrupt()
        {
            var enabled = values[IER];
            IRQ.Set(enabled != 0 && (Status & enabled) != 0);
            if(enabled != 0 && shifter.Due != VirtualTime.Never) { alarm.Set(shifter.Due); }
        }

        // The second look that finds nothing new carries the core on to where the register changes next.
        private uint Polled(long offset, uint value)
        {
            if(polling.NothingNew() && shifter.Due != VirtualTime.Never)
            {
                VirtualTime.CarryOn(machine, offset == SR ? NextOfStatus : shifter.Due);
            }
            return value;
        }

        // As far as that is known, it may be too early, never too late: a watermark is reached, or the last
        // word is through.
        private ulong NextOfStatus
        {
            get
            {
                var done = LpspiShifter.WordComplete | LpspiShifter.FrameComplete;
                if((shifter.Flags & done) != done) { return shifter.Due; }
                var words = Math.Min(shifter.Transmit.Count + 1, fifoSize - shifter.Receive.Count);
                var last = true;
                foreach(var enough in new[] { (int)(values[FCR] >> 16) + 1 - shifter.Receive.Count, shifter.Transmit.Count - (int)(values[FCR] & 0xF) })
                {
                    if(enough > 0 && enough < words)
                    {
                        words = enough;
                        last = false;
                    }
                }
                return shifter.End(words, last);
            }
        }

        private static uint Logarithm(int value)
        {
            uint result = 0;
            while(value > 1) { value >>= 1; result++; }
            return result;
        }

        private uint lastReceived;
        private readonly LpspiShifter shifter;
        private readonly LpspiWire wire;
        private readonly Alarm alarm;
        private readonly Polling polling = new Polling();
        private readonly int fifoSize;
        private readonly Dictionary<long, uint> values = new Dictionary<long, uint>();

        private const long VERID = 0x00, PARAM = 0x04, CR = 0x10, SR = 0x14, IER = 0x18, DER = 0x1C, CFGR0 = 0x20, CFGR1 = 0x24;
        private const long DMR0 = 0x30, DMR1 = 0x34, CCR = 0x40, FCR = 0x58, FSR = 0x5C, TCR = 0x60, TDR = 0x64, RSR = 0x70, RDR = 0x74;
        private const uint Enable = 1 << 0, ResetAll = 1 << 1, ResetTransmit = 1 << 8, ResetReceive = 1 << 9; // CR
        private const uint Master = 1 << 0; // CFGR1
        private const uint TransmitData = 1 << 0, ReceiveData = 1 << 1, Busy = 1 << 24; // SR
        private const uint CommandBits = 0xFBFF0FFF;

        // Registers that are storage, and the bits they have.
        private static readonly Dictionary<long, uint> Masks = new Dictionary<long, uint>
        {
            { CR, 0xF }, { IER, 0x3F03 }, { DER, 0x3 }, { CFGR0, 0x307 }, { CFGR1, 0x0F070F0F }, { DMR0, uint.MaxValue },
            { DMR1, uint.MaxValue }, { CCR, uint.MaxValue }, { FCR, 0x000F000F },
        };
    }
}
