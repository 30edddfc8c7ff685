// LPUART (i.MX RT1060 reference manual, chapter 49), for Renode 1.16.1. C# 7.
// Own because a character takes no time in the stock NXP_LPUART: its transmit FIFO never fills and TC is never
// clear; besides it has no VERID and PARAM, says before CTRL.TE is set that the transmitter is busy, and
// warns of flags that every driver clears. Twin of sim/rt1062/blocks/lpuart.py, but 8 bits a character at
// most, and no idle line, address match or break detection: those registers are storage.

using System;
using System.Collections.Generic;
using System.Globalization;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.UART;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    public class Lpuart : UARTBase, IDoubleWordPeripheral, IBytePeripheral, IKnownSize
    {
        /// `block` is the chip's name for it, as LPUART1.
        public Lpuart(IMachine machine, Ccm ccm, Iomuxc iomuxc, string block, int fifoSize = 4) : base(machine)
        {
            this.machine = machine;
            this.ccm = ccm;
            this.iomuxc = iomuxc;
            this.block = block;
            diagnoses = new Diagnoses(machine, this, block);
            this.fifoSize = fifoSize;
            IRQ = new GPIO();
            shiftEnd = new Alarm(machine, EndShift);
            SetDefaults();
        }

        public long Size { get { return 0x4000; } }

        public GPIO IRQ { get; private set; }

        public override void Reset()
        {
            base.Reset();
            SetDefaults();
            Update();
        }

        public override Bits StopBits { get { return (values[BAUD] & TwoStopBits) != 0 ? Bits.Two : Bits.One; } }

        public override Parity ParityBit { get { return Parity.None; } }

        /// 0 while the baud generator is off.
        public override uint BaudRate
        {
            get
            {
                var divisor = values[BAUD] & 0x1FFF;
                return divisor == 0 ? 0 : (uint)(ccm.LpuartHz / (Oversampling * divisor));
            }
        }

        /// The rate of the terminal at the far end, whose characters are then 8N1; 0 follows the UART.
        public uint TerminalBaud { get; set; }

        /// A character has come in: its stop bit is through.
        public override void WriteChar(byte value)
        {
            polling.News();
            var control = values[CTRL];
            var on = (control & ReceiverEnable) != 0;
            var pin = (control & Loops) != 0 && (control & ReceiverSource) != 0 ? "TX" : "RX";
            var wrong = iomuxc.Input(block + "_" + pin);
            if(wrong != "")
            {
                if(on) { diagnoses.Tell(pin + " listens to no pad: " + wrong); }
                return;
            }
            if((control & Loops) != 0 && ((control & ReceiverSource) == 0 || (control & PinIsOutput) != 0)) { return; }
            if(on)
            {
                bool broken, odd;
                SerialEnd near, far;
                FindEnds((values[STAT] & ReceiverInverted) != 0, out near, out far);
                value = (byte)near.Sample(value, far, out broken, out odd);
                values[STAT] |= (broken ? FramingError : 0) | (odd ? ParityError : 0);
            }
            Take(value);
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case VERID: return 0x04010003;
            case PARAM: return 0x00000202;
            case STAT: return Polled(Status);
            case FIFO:
                return Polled(values[FIFO] | 0x11 | (Count == 0 ? ReceiveEmpty : 0) | (transmit.Count == 0 ? TransmitEmpty : 0));
            case WATER: return Polled(values[WATER] | (uint)transmit.Count << 8 | (uint)Count << 24);
            case DATA: return Pop();
            default:
                if(!Masks.ContainsKey(offset)) { this.LogUnhandledRead(offset); return 0; }
                return values[offset];
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            polling.News();
            uint mask, kept;
            switch(offset)
            {
            case VERID: case PARAM: return;
            case DATA: Push(value); break;
            case GLOBAL:
                if((value & SoftwareReset) != 0) { Reset(); }
                values[GLOBAL] = value & SoftwareReset;
                break;
            default:
                if(!Masks.TryGetValue(offset, out mask)) { this.LogUnhandledWrite(offset, value); return; }
                ClearedByOne.TryGetValue(offset, out kept);
                var old = values[offset];
                values[offset] = value & mask | old & kept & ~value;
                if(offset == FIFO) { Flush(value); }
                if(offset == CTRL && (value & ~old & TransmitterEnable) != 0 && !shifting) { Shift(null); } // the preamble
                break;
            }
            Start();
            Update();
        }

        public byte ReadByte(long offset)
        {
            return (byte)(ReadDoubleWord(offset & ~3) >> 8 * (int)(offset & 3));
        }

        public void WriteByte(long offset, byte value)
        {
            if(offset == DATA) { WriteDoubleWord(offset, value); }
            else { this.LogUnhandledWrite(offset, value); }
        }

        protected override void CharWritten() { }

        protected override void QueueEmptied() { }

        private void SetDefaults()
        {
            foreach(var offset in Masks.Keys) { values[offset] = 0; }
            values[BAUD] = 0x0F000004;
            shiftEnd.Cancel();
            transmit.Clear();
            shifting = false;
            polling.News();
        }

        private uint Oversampling
        {
            get
            {
                var ratio = (values[BAUD] >> 24 & 0x1F) + 1;
                return ratio == 1 ? 16 : ratio;
            }
        }

        private int DataBits
        {
            get { return (values[BAUD] & TenBits) != 0 ? 10 : (values[CTRL] & SevenBits) != 0 ? 7 : (values[CTRL] & NineBits) != 0 ? 9 : 8; }
        }

        private byte CharacterMask
        {
            get { return (byte)((1 << DataBits - ((values[CTRL] & ParityEnable) != 0 ? 1 : 0)) - 1); }
        }

        private uint Status
        {
            get
            {
                var status = values[STAT];
                if(!shifting && transmit.Count == 0) { status |= TransmissionComplete | DataEmpty; }
                else if(transmit.Count <= Watermark(0, TransmitFifo)) { status |= DataEmpty; }
                return Count > 0 && Count >= Watermark(16, ReceiveFifo) ? status | DataFull : status;
            }
        }

        private int Watermark(int lowest, uint enable)
        {
            return (values[FIFO] & enable) != 0 ? (int)(values[WATER] >> lowest & 3) : 0;
        }

        // Transmitter.

        private void Push(uint value)
        {
            if(transmit.Count >= ((values[FIFO] & TransmitFifo) != 0 ? fifoSize : 1)) { values[FIFO] |= TransmitOverflow; }
            else { transmit.Enqueue((value & SpecialCharacter) != 0 ? (byte?)null : (byte)value); }
        }

        // Takes the next character into the shifter, if it is free and may send.
        private void Start()
        {
            if(shifting)
            {
                if(shiftEnd.Due == VirtualTime.Never) { Shift(inShifter); } // it waited for the baud generator
            }
            else if((values[CTRL] & TransmitterEnable) == 0 || values[GLOBAL] != 0) { return; }
            else if(transmit.Count > 0) { Shift(transmit.Dequeue()); }
            else if((values[CTRL] & SendBreak) != 0) { Shift(null); }
        }

        // Null is a preamble, an idle or a break character: no data.
        private void Shift(byte? character)
        {
            shifting = true;
            inShifter = character;
            var divisor = values[BAUD] & 0x1FFF;
            var hz = ccm.LpuartHz;
            if(divisor == 0 || hz == 0) { return; }
            var bits = 1 + DataBits + (StopBits == Bits.Two ? 2 : 1);
            shiftEnd.Set(VirtualTime.Now(machine) + VirtualTime.Cycles((ulong)bits * Oversampling * divisor, hz));
        }

        private void EndShift()
        {
            polling.News();
            shifting = false;
            if(inShifter != null) { Send((byte)(inShifter.Value & CharacterMask)); }
            Start();
            Update();
        }

        private void Send(byte character)
        {
            var control = values[CTRL];
            var loop = (control & Loops) != 0;
            var singleWire = loop && (control & ReceiverSource) != 0;
            if(singleWire && (control & PinIsOutput) == 0) { return; } // the pin is an input
            if(loop) { Take(character); }
            if(loop && !singleWire) { return; }
            var wrong = iomuxc.Output(block + "_TX");
            if(wrong != "")
            {
                diagnoses.Tell("TX is on no pad: " + wrong);
                return;
            }
            bool broken, odd;
            SerialEnd near, far;
            FindEnds((control & TransmitterInverted) != 0, out near, out far);
            var shown = far.Sample((values[STAT] & MostSignificantFirst) != 0 ? Reverse(character) : character, near, out broken, out odd);
            TransmitCharacter(broken ? (byte)0 : (byte)shown);
        }

        // The wire.

        // Both ends of it; equal where the terminal follows.
        private void FindEnds(bool inverted, out SerialEnd near, out SerialEnd far)
        {
            var divisor = values[BAUD] & 0x1FFF;
            var rate = divisor == 0 ? 0 : (double)ccm.LpuartHz / (Oversampling * divisor);
            var parity = (values[CTRL] & ParityEnable) == 0 ? 'N' : (values[CTRL] & OddParity) != 0 ? 'O' : 'E';
            near = new SerialEnd(rate == 0 ? 1 : rate, DataBits - (parity == 'N' ? 0 : 1), parity, inverted);
            far = rate == 0 || TerminalBaud == 0 ? near : new SerialEnd(TerminalBaud);
            if((values[STAT] & MostSignificantFirst) != 0) { diagnoses.Tell("STAT.MSBF is 1, a terminal takes bit 0 first"); }
            if(near == far) { return; }
            if(!SerialEnd.Near(rate, TerminalBaud))
            {
                diagnoses.Tell(string.Format(CultureInfo.InvariantCulture, "BAUD 0x{0:X8} makes {1:F0} baud of a clock of {2} Hz, {3:F1}% off {4}, the terminal's",
                    values[BAUD], rate, ccm.LpuartHz, Math.Abs(rate / TerminalBaud - 1) * 100, TerminalBaud));
            }
            if(near.Form != far.Form)
            {
                diagnoses.Tell(string.Format("CTRL 0x{0:X8} and BAUD 0x{1:X8} make characters of {2}, the terminal's is 8N1", values[CTRL], values[BAUD], near.Form));
            }
        }

        // Receiver.

        private void Take(byte character)
        {
            if((values[STAT] & MostSignificantFirst) != 0 && (values[CTRL] & Loops) == 0) { character = Reverse(character); }
            values[STAT] |= ActiveEdge;
            if((values[CTRL] & ReceiverEnable) != 0 && values[GLOBAL] == 0)
            {
                var depth = (values[FIFO] & ReceiveFifo) != 0 ? fifoSize : 1;
                // Nothing is stored until software has cleared an overrun.
                if(Count >= depth || (values[STAT] & Overrun) != 0) { values[STAT] |= Overrun; }
                else { base.WriteChar((byte)(character & CharacterMask)); }
            }
            Update();
        }

        private uint Pop()
        {
            polling.News();
            byte character;
            var found = TryGetCharacter(out character);
            if(!found) { values[FIFO] |= ReceiveUnderflow; }
            Update();
            return found ? character : DataRegisterEmpty;
        }

        private void Flush(uint value)
        {
            if((value & FlushReceive) != 0) { ClearBuffer(); }
            if((value & FlushTransmit) != 0) { transmit.Clear(); }
        }

        private static byte Reverse(byte value)
        {
            var result = 0;
            for(var i = 0; i < 8; i++) { result |= (value >> i & 1) << (7 - i); }
            return (byte)result;
        }

        // Outward.

        // The second look that finds nothing new carries the core on to the end of the character.
        private uint Polled(uint value)
        {
            if(polling.NothingNew()) { VirtualTime.CarryOn(machine, shiftEnd.Due); }
            return value;
        }

        private void Update()
        {
            var status = Status;
            var fifo = values[FIFO];
            IRQ.Set((status & values[CTRL] & 0x00F0C000) != 0 // TDRE, TC, RDRF, IDLE, MA1F, MA2F
                || (status << 8 & values[CTRL] & 0x0F000000) != 0 // OR, NF, FE, PF
                || (status >> 16 & values[BAUD] & 0xC000) != 0 // LBKDIF, RXEDGIF
                || (fifo >> 8 & fifo & 0x300) != 0); // TXOF, RXUF
        }

        private bool shifting;
        private byte? inShifter;
        private readonly IMachine machine;
        private readonly Ccm ccm;
        private readonly Iomuxc iomuxc;
        private readonly string block;
        private readonly Diagnoses diagnoses;
        private readonly int fifoSize;
        private readonly Alarm shiftEnd;
        private readonly Polling polling = new Polling();
        private readonly Queue<byte?> transmit = new Queue<byte?>();
        private readonly Dictionary<long, uint> values = new Dictionary<long, uint>();

        private const long VERID = 0x00, PARAM = 0x04, GLOBAL = 0x08, PINCFG = 0x0C, BAUD = 0x10, STAT = 0x14, CTRL = 0x18;
        private const long DATA = 0x1C, MATCH = 0x20, MODIR = 0x24, FIFO = 0x28, WATER = 0x2C;
        private const uint SoftwareReset = 1 << 1; // GLOBAL
        private const uint TwoStopBits = 1 << 13, TenBits = 1 << 29; // BAUD
        private const uint Overrun = 1 << 19, DataFull = 1 << 21, TransmissionComplete = 1 << 22, DataEmpty = 1 << 23; // STAT
        private const uint MostSignificantFirst = 1 << 29, ActiveEdge = 1 << 30;
        private const uint FramingError = 1 << 17, ParityError = 1 << 16, ReceiverInverted = 1 << 28;
        private const uint OddParity = 1 << 0, TransmitterInverted = 1 << 28; // CTRL
        private const uint ParityEnable = 1 << 1, NineBits = 1 << 4, ReceiverSource = 1 << 5, Loops = 1 << 7, SevenBits = 1 << 11; // CTRL
        private const uint SendBreak = 1 << 16, ReceiverEnable = 1 << 18, TransmitterEnable = 1 << 19, PinIsOutput = 1 << 29;
        private const uint DataRegisterEmpty = 1 << 12, SpecialCharacter = 1 << 13; // DATA
        private const uint ReceiveFifo = 1 << 3, TransmitFifo = 1 << 7, FlushReceive = 1 << 14, FlushTransmit = 1 << 15; // FIFO
        private const uint ReceiveUnderflow = 1 << 16, TransmitOverflow = 1 << 17, ReceiveEmpty = 1 << 22, TransmitEmpty = 1 << 23;

        // Registers that are storage, the bits that a write sets, and those that a one clears.
        private static readonly Dictionary<long, uint> Masks = new Dictionary<long, uint>
        {
            { GLOBAL, 0x2 }, { PINCFG, 0x3 }, { BAUD, 0xFFAFFFFF }, { STAT, 0x3E000000 }, { CTRL, 0xFFFFCFFF }, { MATCH, 0x03FF03FF },
            { MODIR, 0x0007033F }, { FIFO, 0x1F88 }, { WATER, 0x00030003 },
        };
        private static readonly Dictionary<long, uint> ClearedByOne = new Dictionary<long, uint>
        {
            { STAT, 0xC01FC000 }, { FIFO, 0x00030000 },
        };
    }
}
